# SPDX-License-Identifier: Apache-2.0
bwrap --ro-bind / / --dev /dev --proc /proc --unshare-all --die-with-parent --hostname box sh -c 'hostname; ls /proc | grep -c "^[0-9]"; id -u; echo $$; uname -m'; echo $?
bwrap --ro-bind /usr /usr --symlink usr/lib /lib --symlink usr/bin /bin --tmpfs /tmp --unshare-user --uid 1000 --gid 1000 --unshare-pid --cap-drop ALL bash -c 'id -u; ls -x /; (exit 3)'; echo $?
unshare --user --map-root-user --mount --pid --fork --mount-proc sh -c 'id -u; ps ax -o comm=; mount -t tmpfs none /old && echo mounted'; echo $?
unshare --net ip -br link; echo $?
unshare --uts sh -c 'hostname inner; hostname'; unshare --ipc --cgroup --time true; echo $?
unshare --uts --fork sh -c 'hostname other; nsenter --target $$ --uts hostname'; echo $?
unshare --user --map-user 1234 sh -c 'id -u; unshare --user --map-root-user id -u'; echo $?
