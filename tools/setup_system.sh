#!/bin/sh
# Install what the tests need from Debian: a browser for the pages, bwrap for the grader's jail,
# vmtouch to compare page counts with. Only what is missing; only root may install.
missing=""
for pair in chromium:chromium chromedriver:chromium-driver bwrap:bubblewrap vmtouch:vmtouch; do
    command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair##*:}"
done
[ -z "$missing" ] && exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "make test needs these Debian packages, and only root may install them:$missing" >&2
    exit 1
fi
echo "Installing from Debian:$missing"
apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
