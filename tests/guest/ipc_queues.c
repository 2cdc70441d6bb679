// SPDX-License-Identifier: Apache-2.0
//
// Message queues of both kinds, semaphores, keys, process identity calls of pidfd, landlock, and what the processor or the
// container may refuse.

#include "cases.h"

#include <fcntl.h>
#include <linux/keyctl.h>
#include <mqueue.h>
#include <poll.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/wait.h>

static void
posix_queues(void)
{
	char name[64], text[64] = "";
	struct mq_attr attributes = { .mq_maxmsg = 4, .mq_msgsize = 32 }, got;
	unsigned priority = 0;
	struct timespec past = { 1, 0 };
	mqd_t queue;

	sprintf(name, "/guest-%d", getpid());
	queue = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attributes);
	if (queue < 0) {
		printf("none: %d\n", errno);
		return;
	}
	print_result("exists", mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attributes));
	print_result("low", mq_send(queue, "low", 3, 1));
	print_result("high", mq_send(queue, "high", 4, 9));
	print_result("too long", mq_send(queue, text, 33, 1));
	mq_getattr(queue, &got);
	printf("%ld %ld %ld\n", got.mq_maxmsg, got.mq_msgsize, got.mq_curmsgs);
	print_result("small", mq_receive(queue, text, 3, &priority));
	print_result("receive", mq_receive(queue, text, 64, &priority));
	printf("%s %u\n", text, priority);
	struct pollfd readable = { queue, POLLIN, 0 };
	print_result("poll", poll(&readable, 1, 0));
	print_result("receive", mq_receive(queue, text, 64, &priority));
	print_result("timed", mq_timedreceive(queue, text, 64, &priority, &past));
	got.mq_flags = O_NONBLOCK;
	print_result("set", mq_setattr(queue, &got, NULL));
	print_result("empty", mq_receive(queue, text, 64, &priority));
	struct sigevent event = { .sigev_notify = SIGEV_NONE };
	print_result("notify", mq_notify(queue, &event));
	print_result("unlink", mq_unlink(name));
	print_result("unlink again", mq_unlink(name));
	print_result("no slash", syscall(SYS_mq_open, "/a/b", O_RDWR, 0, NULL));
}

static void
messages(void)
{
	int queue = msgget(IPC_PRIVATE, 0600);
	struct {
		long type;
		char text[64];
	} message = { 3, "three" };
	struct msqid_ds status;

	print_result("send", msgsnd(queue, &message, 6, 0));
	message.type = 5;
	strcpy(message.text, "five");
	print_result("send", msgsnd(queue, &message, 5, 0));
	message.type = 0;
	print_result("no type", msgsnd(queue, &message, 5, 0));
	print_result("negative", msgsnd(queue, &message, (size_t)-1, 0));
	print_result("too short", msgrcv(queue, &message, 2, 5, 0));
	print_result("cut", msgrcv(queue, &message, 2, 5, MSG_NOERROR));
	printf("%ld %.2s\n", message.type, message.text);
	print_result("lowest", msgrcv(queue, &message, 64, -4, 0));
	printf("%ld %s\n", message.type, message.text);
	print_result("nothing", msgrcv(queue, &message, 64, 0, IPC_NOWAIT));
	msgctl(queue, IPC_STAT, &status);
	printf("%lu %d %d\n", (long)status.msg_qnum, status.msg_lspid == getpid(),
		status.msg_lrpid == getpid());
	status.msg_perm.mode = 0640;
	print_result("set", msgctl(queue, IPC_SET, &status));
	msgctl(queue, IPC_STAT, &status);
	printf("%o\n", status.msg_perm.mode & 0777);
	print_result("bad command", msgctl(queue, 99, &status));
	print_result("remove", msgctl(queue, IPC_RMID, NULL));
	print_result("gone", msgsnd(queue, &message, 6, 0));
	struct msginfo info;
	printf("info %d\n", msgctl(0, IPC_INFO, (struct msqid_ds *)&info) >= 0);
}

static void
semaphores(void)
{
	int set = semget(IPC_PRIVATE, 3, 0600), status;
	struct sembuf wait_zero = { 0, 0, IPC_NOWAIT }, up = { 0, 2, SEM_UNDO },
		      down = { 0, -3, IPC_NOWAIT };
	struct timespec moment = { 0, 1000000 };
	struct seminfo info;

	print_result("zero", semop(set, &wait_zero, 1));
	fflush(stdout);
	if (fork() == 0) {
		print_result("up", semop(set, &up, 1));
		printf("value %d\n", semctl(set, 0, GETVAL));
		fflush(stdout);
		_exit(0);
	}
	wait(&status);
	printf("undone %d\n", semctl(set, 0, GETVAL));
	semctl(set, 0, SETVAL, 2);
	print_result("down", semop(set, &down, 1));
	down.sem_flg = 0;
	print_result("timed", semtimedop(set, &down, 1, &moment));
	printf("pid %d waiting %d\n", semctl(set, 0, GETPID) == getpid(), semctl(set, 0, GETNCNT));
	print_result("number", semctl(set, 9, GETVAL));
	print_result("value", semctl(set, 0, SETVAL, 100000));
	up.sem_num = 7;
	print_result("far", semop(set, &up, 1));
	print_result("none", semop(set, &up, 0));
	printf("info %d\n", semctl(0, 0, IPC_INFO, &info) >= 0);
	printf("limit %d\n", info.semmsl > 0);
	print_result("remove", semctl(set, 0, IPC_RMID));
	print_result("gone", semop(set, &wait_zero, 1));
	print_result("too many", semget(IPC_PRIVATE, 1000000, 0600));
	struct shmid_ds segment;
	int id = shmget(IPC_PRIVATE, 5000, 0600);
	shmctl(id, IPC_STAT, &segment);
	printf("segment %zu %d\n", segment.shm_segsz, segment.shm_cpid == getpid());
	print_result("lock", shmctl(id, SHM_LOCK, NULL));
	print_result("remove", shmctl(id, IPC_RMID, NULL));
	struct shminfo limits;
	printf("info %d\n", shmctl(0, IPC_INFO, (struct shmid_ds *)&limits) >= 0);
	print_result("too small", shmget(IPC_PRIVATE, 0, 0600));
	print_result("huge", shmget(IPC_PRIVATE, 1000, SHM_HUGETLB | 0600) >= 0 ? 0 : 1);
}

static void
process_descriptors(void)
{
	int ends[2], status;
	char byte;

	(void)!pipe(ends);
	pid_t pid = fork();
	if (pid == 0) {
		(void)!read(ends[0], &byte, 1);
		_exit(7);
	}
	int fd = (int)syscall(434, pid, 0);
	printf("open %d\n", fd >= 0);
	print_result("signal 0", syscall(424, fd, 0, NULL, 0));
	int copy = (int)syscall(438, fd, ends[1], 0);
	printf("their descriptor %d\n", copy >= 0);
	print_result("not theirs", syscall(438, fd, 999, 0));
	struct pollfd waiting = { fd, POLLIN, 0 };
	print_result("running", poll(&waiting, 1, 0));
	(void)!write(copy, "x", 1);
	print_result("ended", poll(&waiting, 1, 5000));
	siginfo_t info;
	print_result("waitid", waitid(P_PIDFD, (id_t)fd, &info, WEXITED));
	printf("%d %d\n", info.si_code, info.si_status);
	print_result("gone", syscall(424, fd, 0, NULL, 0));
	print_result("no process", syscall(434, 2147483000, 0));
	print_result("flags", syscall(434, getpid(), 1));
	print_result("kcmp same", syscall(SYS_kcmp, getpid(), getpid(), 0, 0, 0));
	(void)status;
}

static void
special(void)
{
	static char buffer[128] __attribute__((aligned(8)));

	print_result("landlock version",
		syscall(444, NULL, 0, 1) >= 0 || errno == EOPNOTSUPP || errno == ENOSYS ? 0 : 1);
	print_result("landlock size",
		syscall(444, buffer, 4, 0) < 0 &&
				(errno == EINVAL || errno == EOPNOTSUPP || errno == ENOSYS)
			? 0
			: 1);
	print_result("perf", syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0));
	memset(buffer, 0, sizeof(buffer));
	*(uint32_t *)buffer = 1;
	*(uint32_t *)(buffer + 4) = 128;
	*(uint64_t *)(buffer + 8) = 0;
	int fd = (int)syscall(SYS_perf_event_open, buffer, 0, -1, -1, 0);
	uint64_t value = 0;
	if (fd >= 0)
		printf("task clock %d\n", (int)read(fd, &value, 8));
	else
		printf("task clock refused\n");
	print_result("membarrier", syscall(SYS_membarrier, 0, 0, 0) >= 0 ? 0 : 1);
	print_result("register", syscall(SYS_membarrier, 1 << 4, 0, 0));
	print_result("use", syscall(SYS_membarrier, 1 << 3, 0, 0));
	print_result("no command", syscall(SYS_membarrier, 1 << 30, 0, 0));
	print_result("bpf", syscall(SYS_bpf, 9999, buffer, 128));
	print_result("seccomp", syscall(SYS_seccomp, 99, 0, NULL));
	print_result("keyctl", syscall(SYS_keyctl, 9999, 0, 0, 0, 0));
	print_result("add_key", syscall(SYS_add_key, "no-such-type", "x", NULL, 0, 0));
	print_result("random", syscall(SYS_getrandom, buffer, 16, 0));
	print_result("random flags", syscall(SYS_getrandom, buffer, 16, 0x80));
	print_result("memfd flags", memfd_create("x", 0x4000));
	print_result("userfaultfd flags", syscall(SYS_userfaultfd, 0x100));
	print_result("swapcontext of nothing", syscall(9999));
	print_result("negative number", syscall(-5));
	unsigned processor = 9999, node = 9999;
	print_result("getcpu", syscall(SYS_getcpu, &processor, &node, NULL));
	printf("%d\n", processor < 9999 && node < 9999);
	print_result("fanotify", syscall(SYS_fanotify_init, 0xffff0000u, 0));
	print_result("process_madvise", syscall(440, -1, NULL, 0, 0, 0));
	print_result("cachestat", syscall(451, -1, buffer, buffer, 0));
	print_result("secret", syscall(447, 12345));
}

static const struct test_case cases[] = {
	{ "posix queues", posix_queues },
	{ "messages", messages },
	{ "semaphores", semaphores },
	{ "process descriptors", process_descriptors },
	{ "special", special },
};

MAIN_OF_CASES(cases)
