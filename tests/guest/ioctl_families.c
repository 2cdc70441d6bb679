// SPDX-License-Identifier: Apache-2.0
//
// ioctl by families: terminals, files and file systems, sockets and interfaces, pipes, devices that are not there; bad
// descriptors and addresses for each.

#include "cases.h"

#include <fcntl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/if_tun.h>
#include <linux/input.h>
#include <linux/kd.h>
#include <linux/loop.h>
#include <linux/random.h>
#include <linux/rtc.h>
#include <linux/sockios.h>
#include <linux/vt.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <scsi/sg.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <termios.h>

static void *volatile bad = (void *)-4096;

#define REQUEST(name)       \
	{                   \
#name, name \
	}
static const struct {
	const char *name;
	unsigned long number;
} requests[] = {
	REQUEST(TCGETS),
	REQUEST(TCSETS),
	REQUEST(TCSBRK),
	REQUEST(TCXONC),
	REQUEST(TCFLSH),
	REQUEST(TIOCGWINSZ),
	REQUEST(TIOCSWINSZ),
	REQUEST(TIOCGPGRP),
	REQUEST(TIOCSPGRP),
	REQUEST(TIOCGSID),
	REQUEST(TIOCOUTQ),
	REQUEST(TIOCMGET),
	REQUEST(TIOCGPTN),
	REQUEST(TIOCSPTLCK),
	REQUEST(TIOCGDEV),
	REQUEST(TIOCGETD),
	REQUEST(TIOCGEXCL),
	REQUEST(TIOCGPKT),
	REQUEST(TIOCGPTLCK),
	REQUEST(TIOCINQ),
	REQUEST(FIONBIO),
	REQUEST(FIOASYNC),
	REQUEST(FIOQSIZE),
	REQUEST(FIOGETOWN),
	REQUEST(FIOSETOWN),
	REQUEST(FS_IOC_GETFLAGS),
	REQUEST(FS_IOC_SETFLAGS),
	REQUEST(FS_IOC_GETVERSION),
	REQUEST(FS_IOC_FSGETXATTR),
	REQUEST(FIGETBSZ),
	REQUEST(FIBMAP),
	REQUEST(FICLONE),
	REQUEST(FICLONERANGE),
	REQUEST(FIDEDUPERANGE),
	REQUEST(FS_IOC_FIEMAP),
	REQUEST(FIFREEZE),
	REQUEST(FITHAW),
	REQUEST(FITRIM),
	REQUEST(BLKGETSIZE),
	REQUEST(BLKGETSIZE64),
	REQUEST(BLKSSZGET),
	REQUEST(BLKROGET),
	REQUEST(BLKFLSBUF),
	REQUEST(BLKDISCARD),
	REQUEST(LOOP_GET_STATUS64),
	REQUEST(LOOP_SET_FD),
	REQUEST(LOOP_CTL_GET_FREE),
	REQUEST(SG_GET_VERSION_NUM),
	REQUEST(SG_IO),
	REQUEST(TUNSETIFF),
	REQUEST(TUNGETFEATURES),
	REQUEST(TUNGETIFF),
	REQUEST(EVIOCGVERSION),
	REQUEST(EVIOCGID),
	REQUEST(RTC_RD_TIME),
	REQUEST(RNDGETENTCNT),
	REQUEST(KDGETMODE),
	REQUEST(VT_GETSTATE),
	REQUEST(SIOCGIFNAME),
	REQUEST(SIOCGIFCONF),
	REQUEST(SIOCGIFFLAGS),
	REQUEST(SIOCGIFADDR),
	REQUEST(SIOCGIFMTU),
	REQUEST(SIOCGIFINDEX),
	REQUEST(SIOCGIFHWADDR),
	REQUEST(SIOCGSTAMP),
	REQUEST(SIOCATMARK),
	REQUEST(SIOCSPGRP),
	REQUEST(SIOCGPGRP),
	REQUEST(SIOCOUTQ),
	REQUEST(SIOCETHTOOL),
	REQUEST(SIOCBRADDBR),
	REQUEST(SIOCSIFFLAGS),
	{ "unknown", 0xdead },
	{ "zero", 0 },
	{ "KVM_GET_API_VERSION", 0xae00 },
	{ "DRM_IOCTL_VERSION", 0xc0406400 },
	{ "VIDIOC_QUERYCAP", 0x80685600 },
	{ "LOOP_GET_STATUS", 0x4c03 },
};

/* Every request on one descriptor, with an argument that is bad and one that is zero bytes. */
static void
all_on(int fd)
{
	static uint64_t buffer[1024];

	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		int refused, accepted;

		refused = ioctl(fd, requests[i].number, bad) < 0 ? errno : 0;
		memset(buffer, 0, sizeof(buffer));
		accepted = ioctl(fd, requests[i].number, buffer) < 0 ? errno : 0;
		printf("%s %d %d\n", requests[i].name, refused, accepted);
		fcntl(fd, F_SETFL, O_NONBLOCK);
	}
}

static void
on_nothing(void)
{
	all_on(-1);
}

static void
on_file(void)
{
	int fd = open("file", O_RDWR | O_CREAT, 0600);

	(void)!ftruncate(fd, 10000);
	all_on(fd);
}

static void
on_folder(void)
{
	all_on(open(".", O_RDONLY | O_DIRECTORY));
}

static void
on_pipe(void)
{
	int ends[2];

	(void)!pipe2(ends, O_NONBLOCK);
	all_on(ends[0]);
}

static void
on_socket(void)
{
	all_on(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0));
}

static void
on_stream(void)
{
	int ends[2];

	(void)!socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends);
	all_on(ends[0]);
}

static void
on_terminal(void)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);

	grantpt(master);
	unlockpt(master);
	all_on(master);
}

static void
on_null(void)
{
	all_on(open("/dev/null", O_RDWR));
}

static void
on_events(void)
{
	sigset_t set;

	sigemptyset(&set);
	all_on(eventfd(0, EFD_NONBLOCK));
	all_on(epoll_create1(0));
	all_on(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK));
	all_on(signalfd(-1, &set, SFD_NONBLOCK));
	all_on(inotify_init1(IN_NONBLOCK));
	all_on(memfd_create("memory", 0));
}

static void
values(void)
{
	int ends[2], pair[2], n = -1, fd = open("file", O_RDWR | O_CREAT | O_TRUNC, 0600);
	long flags = -1;

	(void)!pipe(ends);
	(void)!write(ends[1], "abc", 3);
	print_result("FIONREAD pipe", ioctl(ends[0], FIONREAD, &n));
	printf("%d\n", n);
	(void)!write(fd, "abcdef", 6);
	lseek(fd, 2, SEEK_SET);
	ioctl(fd, FIONREAD, &n);
	printf("FIONREAD file %d\n", n);
	(void)!socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
	(void)!write(pair[0], "12345", 5);
	ioctl(pair[1], FIONREAD, &n);
	printf("FIONREAD socket %d\n", n);
	n = 1;
	ioctl(ends[0], FIONBIO, &n);
	printf("FIONBIO %d\n", fcntl(ends[0], F_GETFL) & O_NONBLOCK ? 1 : 0);
	ioctl(ends[0], FIOCLEX);
	printf("FIOCLEX %d\n", fcntl(ends[0], F_GETFD));
	ioctl(ends[0], FIONCLEX);
	printf("FIONCLEX %d\n", fcntl(ends[0], F_GETFD));
	print_result("FIGETBSZ", ioctl(fd, FIGETBSZ, &n));
	printf("%d\n", n);
	if (ioctl(fd, FS_IOC_GETFLAGS, &flags) == 0)
		printf("FS_IOC_GETFLAGS %d\n", (int)(flags & FS_IMMUTABLE_FL));
	n = getpid();
	ioctl(pair[0], SIOCSPGRP, &n);
	n = 0;
	ioctl(pair[0], SIOCGPGRP, &n);
	printf("owner %d\n", n == getpid());
}

static void
interfaces(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct ifreq request = { .ifr_name = "lo" };
	static struct ifreq list[64];
	struct ifconf configuration = { .ifc_len = sizeof(list), .ifc_req = list };
	int found = 0;

	print_result("index", ioctl(fd, SIOCGIFINDEX, &request));
	printf("%d\n", request.ifr_ifindex);
	print_result("flags", ioctl(fd, SIOCGIFFLAGS, &request));
	printf("loopback %d\n", !!(request.ifr_flags & IFF_LOOPBACK));
	print_result("mtu", ioctl(fd, SIOCGIFMTU, &request));
	printf("%d\n", request.ifr_mtu);
	print_result("list", ioctl(fd, SIOCGIFCONF, &configuration));
	for (size_t i = 0; i < (size_t)configuration.ifc_len / sizeof(list[0]); i++)
		found |= !strcmp(list[i].ifr_name, "lo");
	printf("lo %d multiple %d\n", found, configuration.ifc_len % (int)sizeof(list[0]));
	configuration.ifc_buf = (char *)bad;
	configuration.ifc_len = sizeof(list);
	print_result("bad list", ioctl(fd, SIOCGIFCONF, &configuration));
	strcpy(request.ifr_name, "none0");
	print_result("no such", ioctl(fd, SIOCGIFINDEX, &request));
	request.ifr_ifindex = 1;
	print_result("name", ioctl(fd, SIOCGIFNAME, &request));
	printf("%s\n", request.ifr_name);
}

static void
terminals(void)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave, n = 0;
	struct termios settings;
	char name[64] = "", text[32] = "";

	grantpt(master);
	unlockpt(master);
	ptsname_r(master, name, sizeof(name));
	slave = open(name, O_RDWR | O_NOCTTY);
	printf("slave %d\n", slave >= 0);
	tcgetattr(slave, &settings);
	printf("%o %o %o %o\n", settings.c_iflag, settings.c_oflag, settings.c_cflag & ~CBAUD,
		settings.c_lflag);
	for (int i = 0; i < NCCS; i++)
		n += settings.c_cc[i] * (i + 1);
	printf("characters %d speed %d\n", n, cfgetispeed(&settings) == B38400);
	(void)!write(master, "line\n", 5);
	printf("read %d\n", (int)read(slave, text, sizeof(text)));
	printf("text %s", text);
	(void)!read(master, text, sizeof(text));
	printf("echo %.6s|\n", text);
	settings.c_lflag &= ~(unsigned)(ICANON | ECHO);
	settings.c_cc[VMIN] = 0;
	settings.c_cc[VTIME] = 0;
	print_result("raw", tcsetattr(slave, TCSADRAIN, &settings));
	printf("empty %d\n", (int)read(slave, text, sizeof(text)));
	(void)!write(master, "xy", 2);
	/* A kernel thread takes it to the other side. */
	poll(&(struct pollfd){ .fd = slave, .events = POLLIN }, 1, 10000);
	ioctl(slave, FIONREAD, &n);
	printf("FIONREAD %d\n", n);
	print_result("flush", tcflush(slave, TCIFLUSH));
	ioctl(slave, FIONREAD, &n);
	printf("FIONREAD %d\n", n);
	print_result("controlling", ioctl(slave, TIOCGPGRP, &n));
	pid_t pid = fork();
	if (pid == 0) {
		setsid();
		printf("TIOCSCTTY %d\n", ioctl(slave, TIOCSCTTY, 0));
		printf("foreground %d\n", tcgetpgrp(slave) == getpid());
		printf("session %d\n", tcgetsid(slave) == getpid());
		int tty = open("/dev/tty", O_RDWR);
		printf("/dev/tty %d\n", tty >= 0);
		install(SIGHUP, (void *)SIG_IGN, 0);
		printf("TIOCNOTTY %d\n", ioctl(slave, TIOCNOTTY));
		fflush(stdout);
		_exit(0);
	}
	wait_and_print("session", pid);
	close(master);
	printf("hang-up %d\n", (int)read(slave, text, 1));
	print_result("write after hang-up", write(slave, "x", 1));
}

static const struct test_case cases[] = {
	{ "nothing", on_nothing },
	{ "file", on_file },
	{ "folder", on_folder },
	{ "pipe", on_pipe },
	{ "socket", on_socket },
	{ "stream", on_stream },
	{ "terminal", on_terminal },
	{ "null", on_null },
	{ "events", on_events },
	{ "values", values },
	{ "interfaces", interfaces },
	{ "terminals", terminals },
};

MAIN_OF_CASES(cases)
