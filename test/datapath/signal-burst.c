// Sends SIGWINCH to every thread of process argv[1] for argv[2] milliseconds, about two thousand times a second. Prints a line once
// it has begun. Signals that are sent to a process as a whole would go to its main thread alone.
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;

	int process = atoi(argv[1]);
	double end = 0;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/task", process);
	do {
		DIR *threads = opendir(path);

		if (!threads)
			return 1;
		for (struct dirent *entry; (entry = readdir(threads));) {
			int thread = atoi(entry->d_name);

			if (thread > 0)
				syscall(SYS_tgkill, process, thread, SIGWINCH);
		}
		closedir(threads);
		if (end == 0) {
			puts("begun");
			fflush(stdout);
			end = now_ms() + atoi(argv[2]);
		}
		usleep(500);
	} while (now_ms() < end);
	return 0;
}
