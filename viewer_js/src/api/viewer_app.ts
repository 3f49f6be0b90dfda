/**
 * What a page may ask of the viewer. The study page and the consult room both stand on this and nothing else:
 *
 *   const viewer = mount(element, { person, csrf, studies }, { port });      // from src/ui/mount.tsx
 *
 * `element` gets the class hv-root and is filled; give it a size by CSS, the viewer follows it.
 */

import type { Annotation, Author } from "../annotations/model";
import type { UnsentMarks } from "../annotations/unsent";
import type { Filter } from "../viewport/finish";
import type { PageConfig, StudyConfig } from "./config";
import type { PlanesView, ViewWindow } from "./planes_view";

/** What a message carries and "follow" sends. Image coordinates as in annotations. */
export interface View {
  study_id: string;
  series_instance_uid: string;
  sop_instance_uid: string;
  frame_number: number;
  /** null: the image's own default */
  window: ViewWindow | null;
  /** which of the image's own windows that is; absent: the first */
  own_window?: number;
  /** 1 = the image fits */
  zoom: number;
  centre: [number, number];
  rotation: 0 | 90 | 180 | 270;
  flip: boolean;
  invert: boolean;
  /** absent: grey */
  colour_map?: string;
  filter?: Filter;
  /** absent or null: the image itself is seen */
  planes?: PlanesView | null;
}

export interface ImagePointer {
  study_id: string;
  sop_instance_uid: string;
  frame_number: number;
  x: number;
  y: number;
}

export interface RemotePointer extends ImagePointer {
  person: Author;
}

/** "hand": this person moved something; "shown": showView() did. Send only "hand" to others. */
export type ViewCause = "hand" | "shown";
export type Unsubscribe = () => void;

/**
 * Where marks are kept. The study page speaks HTTP, the room its socket; both live behind this.
 * A refused promise takes the mark back to what the server last said and shows the error's message.
 */
export interface AnnotationPort {
  /** Stores a new or changed mark; resolves with what the server keeps (its revision, its author). */
  put(annotation: Annotation): Promise<Annotation>;
  delete(annotation: Annotation): Promise<void>;
  /** Where marks wait that get no answer; absent where the port keeps them by itself. */
  readonly unsent?: UnsentMarks;
  /** The marks of a study as they are now; absent where the port tells of every change by itself. */
  list?(studyId: string): Promise<readonly Annotation[]>;
  /** The mark while it is being drawn or moved; may be lost. At most 20 a second are called. */
  sketch(annotation: Annotation): void;
}

export interface ViewerOptions {
  /** Without a port no mark can be made and the mark tools are not offered. */
  port?: AnnotationPort;
  /** The page's own viewer: loaded again it shows what it showed. */
  keepsPlace?: boolean;
  /** Keys of the page around the viewer for the list of keys: the key, and the English message of what it does. */
  keys?: readonly (readonly [string, string])[];
}

export interface ViewerApp {
  /** The active viewport's view; null while nothing is shown. */
  currentView(): View | null;
  /** Shows it in the active viewport; false when the image is not among the studies here. */
  showView(view: View): boolean;
  /** The view that shows a frame, a mark's for example, with zoom and window of the active viewport kept; null when it is not open here. */
  viewOf(place: Pick<View, "frame_number" | "sop_instance_uid" | "study_id">): View | null;
  /** Which image a view shows, in words ("CT 3 · image 45"); null when it is not open here. */
  describe(view: View): string | null;
  /** At most once per drawn frame. */
  onViewChange(listener: (view: View, cause: ViewCause) => void): Unsubscribe;

  /** The pointer over an image, at most once per drawn frame; null when it left. */
  onPointerMove(listener: (pointer: ImagePointer | null) => void): Unsubscribe;
  /** All pointers of others; each call replaces the last. */
  setRemotePointers(pointers: readonly RemotePointer[]): void;

  /** Marks as the server has them now; replaces what is known of that study (null: of every study). */
  resetAnnotations(study_id: string | null, annotations: readonly Annotation[]): void;
  /** One mark put or deleted (deleted: true) by anybody, oneself included; older revisions are ignored. */
  applyAnnotation(annotation: Annotation): void;
  /** Another's mark while it is drawn; replaced by apply, fades after a few seconds without news. */
  applySketch(annotation: Annotation): void;
  /** Every mark that is not deleted, oldest first. */
  annotations(): readonly Annotation[];

  addStudy(study: StudyConfig): Promise<void>;
  removeStudy(study_id: string): void;

  /** A sentence for the person, shown for some seconds over the images. */
  notify(message: string): void;
  unmount(): void;
}

export type Mount = (
  element: HTMLElement,
  config: Pick<PageConfig, "csrf" | "person" | "preferences" | "studies">,
  options?: ViewerOptions,
) => ViewerApp;
