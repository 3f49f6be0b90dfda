/** Puts a viewer into an element and hands out its strings: see api/viewer_app.ts. */

import { effect, untracked } from "@preact/signals";
import { render } from "preact";
import { sentenceOf } from "../api/http";
import { Preferences, setPreferences } from "../api/preferences";
import type { Mount, Unsubscribe, View, ViewCause, ViewerApp } from "../api/viewer_app";
import { Workspace } from "../viewport/workspace";
import { fetchAfterwards } from "./afterwards";
import { App } from "./app";
import "./viewer.css";
import "./toolbar.css";
import "./series.css";
import "./viewport.css";
import "./corners.css";
import "./narrow.css";

/** Calls once a drawn frame at most, with the newest value. */
function oncePerFrame<T>(deliver: (value: T) => void): (value: T) => void {
  let newest: T;
  let isAsked = false;
  return (value) => {
    newest = value;
    if (isAsked) return;
    isAsked = true;
    requestAnimationFrame(() => {
      isAsked = false;
      deliver(newest);
    });
  };
}

/** Views as they change, with their cause; the very first counts as shown, nobody moved it. */
class ViewWatch {
  #isShowing = false;
  readonly #workspace: Workspace;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  show(view: View): boolean {
    this.#isShowing = true;
    const isHere = this.#workspace.showView(view);
    this.#isShowing = false;
    return isHere;
  }

  on(listener: (view: View, cause: ViewCause) => void): Unsubscribe {
    let isFirst = true;
    let cause: ViewCause = "shown";
    let last = "";
    const deliver = oncePerFrame((view: View) => {
      const text = JSON.stringify(view);
      const causeNow = cause;
      cause = "shown";
      if (text === last) return;
      last = text;
      listener(view, causeNow);
    });
    return effect(() => {
      const view = this.#workspace.view();
      if (!view) return;
      const isShowing = this.#isShowing || this.#workspace.planes.isShowing;
      if (!isShowing && !isFirst) cause = "hand";
      isFirst = false;
      deliver(view);
    });
  }
}

/** One finger on a phone scrolls; a mouse starts with the window. */
function firstTool(workspace: Workspace): void {
  if (matchMedia("(pointer: coarse)").matches) workspace.toolId.value = "scroll";
}

export const mount: Mount = (element, config, options = {}) => {
  const { csrf, person, preferences = {} } = config;
  const managesHospital = person.roles?.includes("hospital-administrator") ?? false;
  const source = { csrf, personId: person.id, values: preferences, managesHospital };
  setPreferences(new Preferences(source, (error) => workspace.notify(sentenceOf(error))));
  const workspace = new Workspace(config, options);
  firstTool(workspace);
  // before anything is drawn: the first pictures are asked for at once
  for (const study of config.studies) void workspace.addStudy(study);
  workspace.planes.place = element;
  element.classList.add("hv-root");
  render(<App workspace={workspace} keys={options.keys ?? []} />, element);
  const stopFetching = fetchAfterwards(workspace, options.keepsPlace);
  const watch = new ViewWatch(workspace);
  const { desk } = workspace;
  const app: ViewerApp = {
    currentView: () => untracked(() => workspace.view()),
    showView: (view) => watch.show(view),
    viewOf: (place) => workspace.viewOf(place),
    describe: (view) => workspace.describe(view),
    onViewChange: (listener) => watch.on(listener),
    onPointerMove(listener) {
      const deliver = oncePerFrame(listener);
      return effect(() => deliver(workspace.pointer.value));
    },
    setRemotePointers(pointers) {
      workspace.remotePointers.value = pointers;
    },
    resetAnnotations: (studyId, annotations) => desk.reset(studyId, annotations),
    applyAnnotation: (annotation) => desk.applied(annotation),
    applySketch: (annotation) => desk.sketches.receive(annotation),
    annotations: () => desk.all.peek(),
    addStudy: (study) => workspace.addStudy(study),
    removeStudy: (studyId) => workspace.removeStudy(studyId),
    notify: (message) => workspace.notify(message),
    unmount() {
      stopFetching();
      workspace.stop();
      render(null, element);
      element.classList.remove("hv-root");
    },
  };
  return app;
};
