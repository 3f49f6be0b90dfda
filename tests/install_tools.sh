#!/bin/sh
# What the tests use beside Python and node: a browser, PostgreSQL, DICOM tools, fonts. Installed where that is
# allowed (root on Debian); elsewhere one line says what is not run. Under CI=true a missing tool is a failure.
missing=""
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
command -v storescu >/dev/null 2>&1 || missing="$missing dcmtk"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  apt-get update -qq >/dev/null 2>&1
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null 2>&1
fi
left=""
command -v chromium >/dev/null 2>&1 || left="$left chromium (the journeys)"
command -v storescu >/dev/null 2>&1 || left="$left dcmtk (sending by DCMTK)"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || left="$left postgresql (the tests on PostgreSQL)"
[ -z "$left" ] && exit 0
echo "Not installed, so not run:$left."
[ "$CI" = true ] && exit 1
exit 0
