import type { Annotation } from "../../src/annotations/model";
import type { ImagePointer, RemotePointer, View, ViewCause, ViewerApp } from "../../src/api/viewer_app";

export const VIEW: View = {
  study_id: "study",
  series_instance_uid: "1.2",
  sop_instance_uid: "1.2.3",
  frame_number: 1,
  window: { center: 40, width: 400 },
  zoom: 1,
  centre: [256, 256],
  rotation: 0,
  flip: false,
  invert: false,
};

/** Stands where the viewer stands and remembers what the room told it. */
export class ViewerDouble implements ViewerApp {
  view: View | null = VIEW;
  readonly shown: View[] = [];
  readonly notices: string[] = [];
  pointers: readonly RemotePointer[] = [];
  readonly applied: Annotation[] = [];
  readonly sketched: Annotation[] = [];
  private viewListener: (view: View, cause: ViewCause) => void = () => undefined;
  private pointerListener: (pointer: ImagePointer | null) => void = () => undefined;

  /** The person turns the wheel. */
  move(view: View): void {
    this.view = view;
    this.viewListener(view, "hand");
  }

  point(pointer: ImagePointer | null): void {
    this.pointerListener(pointer);
  }

  currentView(): View | null {
    return this.view;
  }

  showView(view: View): boolean {
    this.shown.push(view);
    this.view = view;
    this.viewListener(view, "shown");
    return true;
  }

  viewOf(): View | null {
    return this.view;
  }

  describe(view: View): string {
    return `image ${view.frame_number}`;
  }

  onViewChange(listener: (view: View, cause: ViewCause) => void): () => void {
    this.viewListener = listener;
    return () => undefined;
  }

  onPointerMove(listener: (pointer: ImagePointer | null) => void): () => void {
    this.pointerListener = listener;
    return () => undefined;
  }

  setRemotePointers(pointers: readonly RemotePointer[]): void {
    this.pointers = pointers;
  }

  resetAnnotations(): void {}

  applyAnnotation(annotation: Annotation): void {
    this.applied.push(annotation);
  }

  applySketch(annotation: Annotation): void {
    this.sketched.push(annotation);
  }

  annotations(): readonly Annotation[] {
    return [];
  }

  async addStudy(): Promise<void> {}
  removeStudy(): void {}

  notify(message: string): void {
    this.notices.push(message);
  }

  unmount(): void {}
}
