# SPDX-License-Identifier: Apache-2.0
# GNU hello, configured and built: hundreds of short processes. $HELLO is the archive, $D where it is built.
rm -rf "$D/hello" && mkdir "$D/hello" && cd "$D/hello" && tar -xzf "$HELLO" && cd hello-2.10 || exit 1
./configure --disable-nls --disable-dependency-tracking >configure.log 2>&1 || { tail -n 5 configure.log; exit 1; }
make >make.log 2>&1 || { tail -n 5 make.log; exit 1; }
./hello
