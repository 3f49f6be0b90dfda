/** The painter's programs for the graphics card: means of table look-ups, the filter, the palette. */

/** One triangle over everything. */
export const VERTEX = `#version 300 es
void main() {
  vec2 corner = vec2(float((gl_VertexID << 1) & 2), float(gl_VertexID & 2));
  gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}`;

/** As reduced() in painter.ts and filtered() in finish.ts, in the same whole numbers. */
export const FRAGMENT = `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2D;
uniform usampler2D image;
uniform usampler2D greys;
uniform usampler2D palette;
uniform ivec4 region;
uniform int reduction;
uniform int filterKind;
out vec4 colour;

int look(ivec2 at) {
  uint pattern = texelFetch(image, at, 0).r;
  return int(texelFetch(greys, ivec2(int(pattern & 255u), int(pattern >> 8u)), 0).r);
}

int grey(ivec2 cell) {
  ivec2 cells = (region.zw + reduction - 1) / reduction;
  ivec2 start = region.xy + clamp(cell, ivec2(0), cells - 1) * reduction;
  ivec2 end = min(start + reduction, region.xy + region.zw);
  int sum = 0;
  for (int y = start.y; y < end.y; y++) {
    for (int x = start.x; x < end.x; x++) sum += look(ivec2(x, y));
  }
  int count = (end.x - start.x) * (end.y - start.y);
  return (sum + count / 2) / count;
}

int neighbourhood(ivec2 cell) {
  int sum = 0;
  for (int y = -1; y <= 1; y++) {
    for (int x = -1; x <= 1; x++) sum += (2 - abs(x)) * (2 - abs(y)) * grey(cell + ivec2(x, y));
  }
  return sum;
}

void main() {
  int height = (region.w + reduction - 1) / reduction;
  ivec2 cell = ivec2(int(gl_FragCoord.x), height - 1 - int(gl_FragCoord.y));
  int shown = grey(cell);
  if (filterKind == 1) shown = (neighbourhood(cell) + 8) >> 4;
  if (filterKind == 2) shown = clamp((32 * shown - neighbourhood(cell) + 8) >> 4, 0, 255);
  uvec4 word = texelFetch(palette, ivec2(shown, 0), 0);
  colour = vec4(vec3(word.rgb) / 255.0, 1.0);
}`;
