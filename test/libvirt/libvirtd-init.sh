# Why this file exists: it is PID 1 of the namespaces in which a test's libvirtd runs: every folder that libvirtd keeps
# state in is a fresh one, and what QEMU leaves behind is reaped (libvirtd as PID 1 would not).
set -eu
settings=$1
mount --make-rprivate /
for folder in /etc/libvirt /run /var/lib/libvirt /var/cache/libvirt /var/log/libvirt; do
  mkdir -p "$folder"
  mount -t tmpfs tmpfs "$folder"
done
mkdir -p /run/lock
cp "$settings/libvirtd.conf" "$settings/qemu.conf" /etc/libvirt/
ip link set lo up
/usr/sbin/libvirtd --listen &
wait $!
