#!/bin/sh
# What the tests use beside Python and node: a browser, PostgreSQL, DICOM tools, fonts. Installed where that is
# allowed (root on Debian); elsewhere one line says what is not run. Under CI=true a missing tool is a failure.
cd "$(dirname "$0")" || exit 1
# Viewers nobody here wrote, as their npm packages; never part of the product.
for package in @ohif/app@3.13.2 dwv@0.36.4 konva@10.2.0 jszip@3.10.1 magic-wand-tool@1.1.7; do
  name=$(echo "${package%@*}" | tr -d @ | tr / -)
  [ -d ".tools/$name/package" ] && continue
  mkdir -p ".tools/$name" && (cd ".tools/$name" && npm pack --silent "$package" >/dev/null 2>&1 && tar xzf ./*.tgz && rm ./*.tgz)
done
missing=""
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
command -v storescu >/dev/null 2>&1 || missing="$missing dcmtk"
command -v strace >/dev/null 2>&1 || missing="$missing strace"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
if [ -n "$missing" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  apt-get update -qq >/dev/null 2>&1
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null 2>&1
fi
left=""
[ -d .tools/ohif-app/package ] && [ -d .tools/dwv/package ] || left="$left OHIF and dwv (foreign viewers)"
command -v chromium >/dev/null 2>&1 || left="$left chromium (the journeys)"
command -v storescu >/dev/null 2>&1 || left="$left dcmtk (sending by DCMTK)"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || left="$left postgresql (the tests on PostgreSQL)"
[ -z "$left" ] && exit 0
echo "Not installed, so not run:$left."
[ "$CI" = true ] && exit 1
exit 0
