# SPDX-License-Identifier: Apache-2.0
#
# Sourced by the tests of big programs.  Each runs in a folder of its own (the current one, `/scratch` in the tree); it prints what
# is wrong and ends with status 0 (passed), 77 (cannot be run here) or 1.
set -u
failed=0
files=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/files

skip()
{
	echo "$1"
	exit 77
}

wrong()
{
	echo "$1"
	failed=1
}

[ -e "$TREE/.complete" ] || skip "there is no arm64 tree in $TREE; make tree-big"

# in_tree COMMAND...: runs an arm64 program of the tree with the tree as root directory, in a process namespace of its own, so that
# its servers end with it.  No binfmt_misc: dragoman is called for the first program and for those that it starts.
# IN_TREE_USER is a user and group number, IN_TREE_ENVIRONMENT further NAME=VALUE settings, each for one call.
in_tree()
{
	local options=(--mount --pid --fork --kill-child --propagation private)
	local user=()
	[ "$(id -u)" = 0 ] || options+=(--user --map-root-user)
	[ -z "${IN_TREE_USER:-}" ] || user=(setpriv --reuid "$IN_TREE_USER" --regid "$IN_TREE_USER" --clear-groups)
	unshare "${options[@]}" bash -c '
		tree=$1 dragoman=$2 outside=$3
		shift 3
		set -e
		mount --bind "$tree" "$tree"
		cd "$tree"
		mkdir -p scratch old
		mount -t proc proc proc
		mount --rbind /dev dev
		mount --rbind /sys sys
		mount -t tmpfs -o mode=1777 tmpfs tmp
		mount --bind "$outside" scratch
		[ -e usr/bin/dragoman ] || : >usr/bin/dragoman
		mount --bind "$dragoman" usr/bin/dragoman
		pivot_root . old
		/usr/bin/dragoman /usr/bin/umount -l /old
		cd /scratch
		set +e
		/usr/bin/dragoman "$@"
		exit $?' - "$TREE" "$DRAGOMAN" "$PWD" ${DRAGOMAN_OPTIONS:-} \
		/usr/bin/env -i PATH=/usr/bin:/usr/sbin HOME=/root LC_ALL=C.UTF-8 TZ=UTC TERM=dumb \
		${IN_TREE_ENVIRONMENT:-} "${user[@]}" "$@"
}

# same WANT GOT: the files must be equal.
same()
{
	cmp -s "$1" "$2" && return
	diff -a "$1" "$2" | head -n 10
	wrong "output differs from that of $1"
}

# succeeds COMMAND...: must end with status 0; its output is in the file `output`, and shown if it does not.
succeeds()
{
	"$@" >output 2>&1 && return
	tail -n 15 output
	wrong "$* failed"
}

# expect PATTERN FILE: a line of the file must match.
expect()
{
	grep -qE -- "$1" "$2" && return
	tail -n 15 "$2"
	wrong "no line matches $1"
}
