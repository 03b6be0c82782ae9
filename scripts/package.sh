#!/bin/sh
# Makes the Debian packages: scripts/package.sh [amd64|arm64]... (default: this machine's) into build/package/. The same commit gives the same
# bytes, wherever it is built. Needs Debian with root, for what it installs.
set -eu
cd "$(dirname "$0")/.."
root=$PWD
out=$root/build/package
sh scripts/setup.sh
sh scripts/package/tools.sh dpkg-dev debhelper llvm binutils
PATH=$root/node_modules/.bin:$PATH

[ $# -gt 0 ] || set -- "$(dpkg --print-architecture)"
for architecture; do
  case $architecture in
    amd64 | arm64) ;;
    *) echo "package: $architecture is no architecture that is made: amd64, arm64" >&2; exit 2 ;;
  esac
done
version=$(node -p 'require("./package.json").version')
runtime=$(node -p 'process.versions.node')
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y package.json)}
export SOURCE_DATE_EPOCH

sh scripts/build.sh
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
package() ( # ARCHITECTURE
  architecture=$1
  case $architecture in amd64) cpu=x64 ;; arm64) cpu=arm64 ;; esac
  source=$work/$architecture/fleetblock-$version
  mkdir -p "$source"
  cp -r deploy/debian "$source/debian"
  mv "$source/debian/etc" "$source/etc"
  for unit in agent controller; do cp "deploy/systemd/fleetblock-$unit.service" "$source/debian/fleetblock-$unit.service"; done
  for kind in sysusers tmpfiles; do cp "deploy/systemd/fleetblock.$kind.conf" "$source/debian/fleetblock-controller.$kind"; done
  for kind in sysusers tmpfiles; do cp "deploy/systemd/fleetblock-agent.$kind.conf" "$source/debian/fleetblock-agent.$kind"; done
  mkdir -p "$source/etc/fail2ban" && cp -r deploy/fail2ban "$source/etc/fail2ban/action.d"
  cat >"$source/debian/changelog" <<EOF
fleetblock ($version) unstable; urgency=medium

  * See CHANGELOG.md.

 -- The fleetblock maintainers <maintainers@fleetblock.invalid>  $(date -uRd "@$SOURCE_DATE_EPOCH")
EOF
  # What is published, with the libraries that the lock file names, for that architecture.
  mkdir "$source/app"
  cp -r package.json package-lock.json .npmrc LICENSE dist "$source/app/"
  install -D -m 0644 bpf/build/fleetblock.bpf.o "$source/app/bpf/build/fleetblock.bpf.o"
  (cd "$source/app" && npm ci --omit=dev --ignore-scripts --no-bin-links --os=linux --cpu=$cpu --libc=glibc --loglevel=error)
  sh scripts/package/prune.sh "$source/app"
  # The private runtime: the Node.js of the npm registry's package `node`, for that architecture.
  (cd "$work/$architecture" && npm pack --silent "node-linux-$cpu@$runtime" >/dev/null && tar -xzf node-linux-*.tgz package/bin/node package/LICENSE)
  llvm-strip --strip-all -o "$source/node" "$work/$architecture/package/bin/node"
  cp "$work/$architecture/package/LICENSE" "$source/node-license.txt"
  node scripts/package/man.ts "$source/man"
  mkdir "$source/completion"
  for shell in bash zsh fish; do node dist/cli/main.js completion $shell >"$source/completion/$shell"; done
  mv "$source/completion/bash" "$source/completion/fleetblock"
  mv "$source/completion/zsh" "$source/completion/_fleetblock"
  mv "$source/completion/fish" "$source/completion/fleetblock.fish"
  (cd "$source" && dpkg-buildpackage -b -uc -us -d -a"$architecture" >"$work/$architecture.log" 2>&1) || { tail -30 "$work/$architecture.log" >&2; exit 1; }
  cp "$work/$architecture"/*.deb "$out/"
)
# Side by side: much of it is waiting for the registry.
makers=''
for architecture; do
  package "$architecture" &
  makers="$makers $!"
done
failed=''
for maker in $makers; do wait "$maker" || failed=yes; done
[ -z "$failed" ] || exit 1
ls -l "$out"/*_"$version"_*.deb
