#!/bin/sh
# mmdebstrap runs this with the new root as $1. Adds Debian's kernel to it, unpacked and never installed (its postinst
# would want a boot loader), with the modules a board needs, and an initramfs that does no more than mount the root.
# The kernel comes by the package lists that mmdebstrap has just read, so that the host's own are not needed.
set -eu
root=$1
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"
package=$(apt-cache depends linux-image-amd64 | sed -n 's/^ *Depends: \(linux-image-.*\)$/\1/p')
(cd "$work" && apt-get download -q "$package")
unset APT_CONFIG
dpkg-deb -x "$work"/*.deb "$work/kernel"
version=${package#linux-image-}
rm -rf "$work/kernel/usr/share"
chroot "$root" mkdir -p /boot /usr/lib/modules
mv "$work/kernel/boot/vmlinuz-$version" "$root/boot/vmlinuz"

# the board's own tools resolve what a module needs; the host may have none
mv "$work/kernel/lib/modules/$version" "$root/usr/lib/modules/all"
mkdir "$root/tmp/all" "$root/tmp/all/lib" "$root/tmp/all/lib/modules"
mv "$root/usr/lib/modules/all" "$root/tmp/all/lib/modules/$version"
chroot "$root" depmod -b /tmp/all "$version"

# copies modules and what they need below a directory of the root: collect DIRECTORY MODULE...
collect() {
  below=$1
  shift
  for module in "$@"; do
    chroot "$root" modprobe -d /tmp/all -S "$version" --show-depends "$module" | sed -n 's/^insmod \([^ ]*\).*/\1/p'
  done | sort -u | while read -r file; do
    to=$root$below/lib/modules/$version/${file#"/tmp/all/lib/modules/$version/"}
    mkdir -p "$(dirname "$to")"
    cp "$root$file" "$to"
  done
  cp "$root/tmp/all/lib/modules/$version"/modules.order "$root/tmp/all/lib/modules/$version"/modules.builtin* \
    "$root$below/lib/modules/$version/"
  chroot "$root" depmod -b "$below/" "$version"
}

words() { sed 's/#.*//' "$1"; }
# shellcheck disable=SC2046 # one word a module
collect /usr $(words "$here/modules") $(words "$here/modules-initramfs")
mkdir -p "$root/tmp/initramfs/bin" "$root/tmp/initramfs/dev" "$root/tmp/initramfs/proc" "$root/tmp/initramfs/sys" \
  "$root/tmp/initramfs/newroot"
# shellcheck disable=SC2046
collect /tmp/initramfs $(words "$here/modules-initramfs")
cp "$root/bin/busybox" "$root/tmp/initramfs/bin/busybox"
cp "$here/initramfs-init" "$root/tmp/initramfs/init"
chmod 755 "$root/tmp/initramfs/init"
chroot "$root" sh -c 'cd /tmp/initramfs && find . | cpio --quiet -o -H newc -R 0:0 >/boot/initramfs'
rm -rf "$root/tmp/all" "$root/tmp/initramfs"
