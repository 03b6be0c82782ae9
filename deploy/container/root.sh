#!/bin/sh
# Makes the root directory of the image, where it is built (Debian, root): root.sh DIRECTORY, in the directory of the sources, after `npm run build`.
set -eu
root=$1
src=$PWD
architecture=$(dpkg --print-architecture)

# Debian's packages, each with its record where scanners look for it, as distroless images have them.
mkdir -p "$root/var/lib/dpkg/status.d" "$root/debs"
cd "$root/debs"
apt-get download busybox-static libatomic1 libbpf1 libc6 libelf1 libgcc-s1 libstdc++6 zlib1g
for package in *.deb; do
  dpkg-deb -x "$package" "$root"
  dpkg-deb -f "$package" >"$root/var/lib/dpkg/status.d/$(dpkg-deb -f "$package" Package)"
done
rm -r "$root/debs"
cd "$root"
find usr/share/doc -type f ! -name copyright -delete
find usr/share -mindepth 1 -maxdepth 1 ! -name doc -exec rm -r {} +
rm -rf usr/lib/*/gconv
# Of busybox, what the entrypoints use, and people who look.
for applet in sh cat env grep id ls su tr; do ln -s busybox "bin/$applet"; done

# The programs, with the libraries of the lock file, less what no program reads.
app=opt/fleetblock
mkdir -p $app/bpf/build
(
  cd $app
  cp -r "$src/package.json" "$src/package-lock.json" "$src/.npmrc" "$src/LICENSE" "$src/dist" .
  cp "$src/bpf/build/fleetblock.bpf.o" bpf/build/
  npm ci --omit=dev --ignore-scripts --no-bin-links --loglevel=error
  npm sbom --sbom-format=cyclonedx --package-lock-only >"$root/npm.json"
  sh "$src/scripts/package/prune.sh" .
)
mkdir -p $app/deploy/container usr/local/bin
install -m 0755 "$src/deploy/container/controller.sh" "$src/deploy/container/enroll.sh" "$src/deploy/container/health.sh" $app/deploy/container/
strip -o usr/local/bin/node "$(command -v node)"
[ ! -e /usr/local/LICENSE ] || cp /usr/local/LICENSE usr/local/
for program in cli agent controller; do
  name=fleetblock-$program
  [ "$program" != cli ] || name=fleetblock
  # As its first line says, with the flags of Node.js.
  flags=$(sed -n '1s/^#!.*node//p' "$app/dist/$program/main.js")
  printf '#!/bin/sh\nexec node%s /%s/dist/%s/main.js "$@"\n' "$flags" $app "$program" >"usr/local/bin/$name"
  chmod 0755 "usr/local/bin/$name"
done

mkdir -p usr/share/doc/fleetblock
node "$src/scripts/package/sbom.ts" "$root" $app "$architecture" <npm.json >usr/share/doc/fleetblock/sbom.cdx.json
rm npm.json

mkdir -p etc
printf 'root:x:0:0::/root:/bin/sh\nfleetblock:x:1000:1000::/var/lib/fleetblock:/bin/sh\n' >etc/passwd
printf 'root:x:0:\nfleetblock:x:1000:\n' >etc/group
echo 'hosts: files dns' >etc/nsswitch.conf
install -d -m 1777 tmp
install -d -m 0700 root var/lib/fleetblock-agent
# A new named volume takes the owner and mode of the directory it is mounted on: the controller's is its user's, the agent's is root's.
install -d -m 0700 -o 1000 -g 1000 var/lib/fleetblock

# Everything that it loads is in there.
chroot . /usr/local/bin/node -e "require('/$app/node_modules/koffi').load('libbpf.so.1')"
for name in fleetblock fleetblock-agent fleetblock-controller; do chroot . /bin/env PATH=/usr/local/bin:/bin "$name" --version; done
