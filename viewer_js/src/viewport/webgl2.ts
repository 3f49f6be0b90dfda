/**
 * Paints large images with graphics hardware. One context serves all viewports, because browsers drop the oldest of
 * more than sixteen; it lends its canvas for one drawing after the other. Greys come from the same table as those of
 * cpu_painter.ts and everything behind it is done in whole numbers, so both painters give the same picture.
 */

import { GreyTable } from "./cpu_painter";
import { isSoftware, rendererName } from "./hardware";
import { bitsOf, type Painted, type Painter, paletteOf, type StoredPicture } from "./painter";
import { cellsOf, type Region } from "./region";
import { FRAGMENT, VERTEX } from "./shaders";
import { patternsOf, type StoredValues } from "./window";

const MEBIBYTE = 2 ** 20;
/** of stored values that the graphics card keeps */
const BUDGET = 96 * MEBIBYTE;
const FILTERS = { none: 0, smooth: 1, sharpen: 2 } as const;

export interface GpuOptions {
  /** for tests: a browser's own imitation of a graphics card will do */
  readonly software?: boolean;
}

interface Uniforms {
  readonly region: WebGLUniformLocation | null;
  readonly reduction: WebGLUniformLocation | null;
  readonly filterKind: WebGLUniformLocation | null;
}

export class GpuPainter implements Painter {
  readonly #canvas: HTMLCanvasElement;
  readonly #gl: WebGL2RenderingContext;
  readonly #largest: number;
  readonly #onChange: () => void;
  readonly #table = new GreyTable();
  readonly #images = new Map<StoredValues, WebGLTexture>();
  #bytes = 0;
  #uniforms: Uniforms;
  #palette: Uint32Array | null = null;
  #isLost = false;

  /** `onChange`: the context was lost or has come back, so what is on the screen should be drawn again. */
  constructor(canvas: HTMLCanvasElement, gl: WebGL2RenderingContext, onChange: () => void) {
    this.#canvas = canvas;
    this.#gl = gl;
    this.#onChange = onChange;
    this.#largest = Math.min(gl.getParameter(gl.MAX_TEXTURE_SIZE), ...gl.getParameter(gl.MAX_VIEWPORT_DIMS));
    this.#uniforms = this.#prepare();
    canvas.addEventListener("webglcontextlost", (event) => {
      event.preventDefault();
      this.#isLost = true;
      this.#onChange();
    });
    canvas.addEventListener("webglcontextrestored", () => this.#restore());
  }

  get isLost(): boolean {
    return this.#isLost || this.#gl.isContextLost();
  }

  paint(picture: StoredPicture, region: Region): Painted | null {
    const { width, height } = picture.plane;
    if (this.isLost || Math.max(width, height) > this.#largest || width * height !== picture.values.length) {
      return null;
    }
    this.#useTable(picture);
    this.#usePalette(paletteOf(picture.finish));
    this.#useImage(picture);
    this.#draw(picture, region);
    return this.isLost ? null : { source: this.#canvas, region };
  }

  /** Gives everything back. */
  stop(): void {
    this.#gl.getExtension("WEBGL_lose_context")?.loseContext();
  }

  #restore(): void {
    this.#images.clear();
    this.#bytes = 0;
    this.#palette = null;
    this.#uniforms = this.#prepare();
    this.#isLost = false;
    this.#onChange();
  }

  #prepare(): Uniforms {
    const gl = this.#gl;
    const program = linked(gl);
    gl.useProgram(program);
    const place = (name: string) => gl.getUniformLocation(program, name);
    for (const [unit, name] of ["image", "greys", "palette"].entries()) gl.uniform1i(place(name), unit);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    gl.disable(gl.DITHER);
    gl.bindVertexArray(gl.createVertexArray());
    newTexture(gl, 1, gl.R8UI, 256, 256);
    newTexture(gl, 2, gl.RGBA8UI, 256, 1);
    this.#table.forget();
    return {
      region: place("region"),
      reduction: place("reduction"),
      filterKind: place("filterKind"),
    };
  }

  #useTable(picture: StoredPicture): void {
    if (!this.#table.prepare(picture)) return;
    const gl = this.#gl;
    gl.activeTexture(gl.TEXTURE1);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, 256, 256, gl.RED_INTEGER, gl.UNSIGNED_BYTE, this.#table.greys);
  }

  #usePalette(palette: Uint32Array): void {
    if (this.#palette === palette) return;
    const gl = this.#gl;
    gl.activeTexture(gl.TEXTURE2);
    const bytes = new Uint8Array(palette.buffer, palette.byteOffset, palette.byteLength);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, 256, 1, gl.RGBA_INTEGER, gl.UNSIGNED_BYTE, bytes);
    this.#palette = palette;
  }

  #useImage({ values, plane }: StoredPicture): void {
    const gl = this.#gl;
    gl.activeTexture(gl.TEXTURE0);
    const known = this.#images.get(values);
    if (known) {
      this.#images.delete(values);
      this.#images.set(values, known);
      gl.bindTexture(gl.TEXTURE_2D, known);
      return;
    }
    this.#makeRoom(values.byteLength);
    const [format, type] = bitsOf(values) === 8 ? [gl.R8UI, gl.UNSIGNED_BYTE] : [gl.R16UI, gl.UNSIGNED_SHORT];
    const texture = newTexture(gl, 0, format, plane.width, plane.height);
    const patterns = patternsOf(values);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, plane.width, plane.height, gl.RED_INTEGER, type, patterns);
    this.#images.set(values, texture);
    this.#bytes += values.byteLength;
  }

  /** The image that was not drawn for the longest time goes first. */
  #makeRoom(bytes: number): void {
    for (const [values, texture] of this.#images) {
      if (this.#bytes + bytes <= BUDGET) return;
      this.#gl.deleteTexture(texture);
      this.#images.delete(values);
      this.#bytes -= values.byteLength;
    }
  }

  #draw({ finish }: StoredPicture, region: Region): void {
    const gl = this.#gl;
    const { width, height } = cellsOf(region);
    // exactly as large: where the browser shrinks what it copies, pixels beside the region would show
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    gl.viewport(0, 0, width, height);
    gl.uniform4i(this.#uniforms.region, region.x, region.y, region.width, region.height);
    gl.uniform1i(this.#uniforms.reduction, region.reduction);
    gl.uniform1i(this.#uniforms.filterKind, FILTERS[finish.filter]);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }
}

function newTexture(gl: WebGL2RenderingContext, unit: number, format: number, width: number, height: number) {
  const texture = gl.createTexture();
  gl.activeTexture(gl.TEXTURE0 + unit);
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.texStorage2D(gl.TEXTURE_2D, 1, format, width, height);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  return texture;
}

function linked(gl: WebGL2RenderingContext): WebGLProgram {
  const program = gl.createProgram();
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(kind);
    if (!shader) continue;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  return program;
}

function isLinked(gl: WebGL2RenderingContext): boolean {
  const program: WebGLProgram | null = gl.getParameter(gl.CURRENT_PROGRAM);
  return program !== null && gl.getProgramParameter(program, gl.LINK_STATUS) === true;
}

/** Null: there is no graphics hardware, or none that this program can use. */
export function openGpu(onChange: () => void, { software = false }: GpuOptions = {}): GpuPainter | null {
  const canvas = document.createElement("canvas");
  const gl = canvas.getContext("webgl2", {
    alpha: false,
    antialias: false,
    depth: false,
    desynchronized: false,
    failIfMajorPerformanceCaveat: !software,
    powerPreference: "high-performance",
    preserveDrawingBuffer: false,
  });
  if (!gl) return null;
  const painter = !software && isSoftware(rendererName(gl)) ? null : new GpuPainter(canvas, gl, onChange);
  if (painter && isLinked(gl)) return painter;
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return null;
}
