#!/usr/bin/env bash
# criu-from-debian.sh SUITE FOLDER [BASE SUITE]
#
# Unpacks Debian's criu of that suite beside the system, with the libraries that it was built against: FOLDER/criu runs
# it through its own dynamic loader, so an old host runs a new CRIU and nothing of the host changes. apt alone fetches,
# and checks signatures against the keys of the archive.
#
#   criu-from-debian.sh sid FOLDER                  CRIU 4.2.1 at the time of writing
#   criu-from-debian.sh experimental FOLDER sid     CRIU 4.3; what experimental lacks comes from sid
#
# A folder that has a criu already stays as it is. Needs apt and dpkg; root to run what it fetches, not to fetch it.
set -euo pipefail

if [ $# -lt 2 ]; then
  sed -n '2,11s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
suite=$1 folder=$2 base=${3:-}

if [ -x "$folder/criu" ]; then
  "$folder/criu" --version
  exit
fi
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

# Everything is made in a folder of its own first: a run that is interrupted leaves no half a CRIU.
work=$(mktemp -d "$folder/.fetch-XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{lists/partial,cache/archives/partial,root}
: > "$work/status"

mirror=$(cat /etc/apt/sources.list.d/*.sources 2> /dev/null | awk '$1 == "URIs:" && $2 !~ /security/ { print $2; exit }')
keys=/usr/share/keyrings/debian-archive-keyring.gpg
for each in $suite $base; do
  echo "deb [signed-by=$keys] ${mirror:-http://deb.debian.org/debian} $each main"
done > "$work/sources.list"

apt() {
  apt-get -qq \
    -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=- \
    -o Dir::State::Lists="$work/lists" -o Dir::State::status="$work/status" -o Dir::Cache="$work/cache" \
    -o APT::Default-Release="$suite" -o APT::Install-Recommends=0 -o APT::Sandbox::User=root \
    -o Acquire::Retries=3 "$@"
}
apt update
apt -y --download-only install criu
for package in "$work"/cache/archives/*.deb; do
  dpkg -x "$package" "$work/root"
done

loader=$(cd "$work/root" && find usr/lib usr/lib64 -name 'ld-linux-*.so.*' 2> /dev/null | head -n 1)
libraries=$(dirname "$(cd "$work/root" && find usr/lib -name 'libc.so.6' | head -n 1)")
[ -n "$loader" ] && [ -x "$work/root/usr/sbin/criu" ] || { echo "no criu in $suite" >&2; exit 1; }
cat > "$work/criu" << SCRIPT
#!/bin/sh
exec $folder/root/$loader --library-path $folder/root/$libraries $folder/root/usr/sbin/criu "\$@"
SCRIPT
chmod +x "$work/criu"
rm -rf "$folder/root"
mv "$work/root" "$folder/root"
mv "$work/criu" "$folder/criu"
"$folder/criu" --version
