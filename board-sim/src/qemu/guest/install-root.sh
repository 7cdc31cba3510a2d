#!/bin/sh
# Makes the root disk and the empty data disk of a board: install-root.sh BASE_TAR ROOT_IMAGE DATA_IMAGE [DEB]
# Runs as root, or as root of a user namespace.
set -eu
base=$1
image=$2
data=$3
deb=${4:-}
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
mkdir "$root"
tar -xf "$base" -C "$root" --exclude='./dev/*' --exclude='./boot/*' --exclude='./var/cache/apt/*' \
  --exclude='./var/lib/apt/lists/*' --exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' \
  --exclude='./usr/share/locale/*' --exclude='./usr/share/i18n/*'

if [ -n "$deb" ]; then
  cp "$deb" "$root/tmp/agent.deb"
  # no systemd answers in here: the package enables its unit, and the board starts it
  chroot "$root" env DEBIAN_FRONTEND=noninteractive dpkg --force-unsafe-io -i /tmp/agent.deb >&2
  rm "$root/tmp/agent.deb"
fi
mkdir -p "$root/etc/ewon-agent" "$root/var/lib/ewon-agent"

cp -r --no-preserve=ownership "$here/root/." "$root/"
for unit in board-network board-config board-shell board-watch; do
  chroot "$root" systemctl --quiet enable "$unit.service"
done
chroot "$root" systemctl --quiet set-default multi-user.target
# what a board without a screen and with a read-only root has no use for, and what would only make it boot longer
chroot "$root" systemctl --quiet mask proc-sys-fs-binfmt_misc.automount getty.target console-getty.service systemd-update-utmp.service \
  systemd-update-utmp-runlevel.service systemd-pstore.service systemd-random-seed.service systemd-hwdb-update.service \
  systemd-update-done.service systemd-machine-id-commit.service systemd-firstboot.service systemd-sysusers.service \
  apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer fstrim.timer e2scrub_all.timer e2scrub_reap.service \
  systemd-tmpfiles-clean.timer systemd-logind.service systemd-user-sessions.service systemd-binfmt.service \
  systemd-network-generator.service ldconfig.service systemd-boot-system-token.service

# the data disk begins as the package left the directory, with its owner and mode, and has a place for versions beside the packaged one
mkdir "$root/var/lib/ewon-agent/.versions"
rm -f "$data" "$image"
# (mkfs copies all but the owner of the directory itself, for which systemd would give the agent all that is in it)
owner=$(stat -c %u:%g "$root/var/lib/ewon-agent")
mkfs.ext4 -q -F -L ewon-state -E "root_owner=$owner" -d "$root/var/lib/ewon-agent" "$data" 64M
rm -rf "$root/var/lib/ewon-agent"
mkdir -p "$root/var/lib/ewon-agent" "$root/var/lib/ewon-agent-versions"
size=$(($(du -sm "$root" | cut -f1) * 115 / 100 + 32))
mkfs.ext4 -q -F -O ^has_journal -m 0 -L ewon-root -d "$root" "$image" "${size}M"
