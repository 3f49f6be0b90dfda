/** Graphics by programs is slower than this program's own loops: it counts as none. */

const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render|mesa offscreen|virtualbox|vmware/i;

export function isSoftware(rendererName: string): boolean {
  return rendererName.trim() === "" || SOFTWARE.test(rendererName);
}

/** The name of what draws; "" when the browser hides it. */
export function rendererName(gl: WebGL2RenderingContext): string {
  const extension = gl.getExtension("WEBGL_debug_renderer_info");
  const name = gl.getParameter(extension ? extension.UNMASKED_RENDERER_WEBGL : gl.RENDERER);
  return typeof name === "string" ? name : "";
}
