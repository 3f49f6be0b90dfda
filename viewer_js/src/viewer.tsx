/** The study page: the viewer, with marks kept by HTTP. On a patient's page: the viewer alone. */

import type { Annotation } from "./annotations/model";
import { UnsentMarks } from "./annotations/unsent";
import { HttpAnnotationPort } from "./api/annotation_http";
import { type PageConfig, readConfig } from "./api/config";
import { mount } from "./ui/mount";

interface StudyPageConfig extends PageConfig {
  /** marks of the study; a page without them offers no marks */
  annotations?: Annotation[];
}

function marksPort({ csrf, person }: PageConfig): HttpAnnotationPort {
  return new HttpAnnotationPort(csrf, new UnsentMarks(sessionStorage, person.id));
}

function start(): void {
  const element = document.querySelector<HTMLElement>("[data-viewer]");
  if (!element) throw new Error("the page has no [data-viewer]");
  const config = readConfig<StudyPageConfig>();
  const { annotations } = config;
  const viewer = mount(element, config, {
    keepsPlace: true,
    ...(annotations ? { port: marksPort(config) } : {}),
  });
  if (annotations) viewer.resetAnnotations(null, annotations);
}

start();
