#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "include/theano_process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

char **theano_environment(void) { return environ; }

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int start(pid_t *pid, char *const arguments[], char *const environment[], int out) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  int error = posix_spawn_file_actions_init(&actions);
  if (error) return error;
  if ((error = posix_spawnattr_init(&attributes))) {
    posix_spawn_file_actions_destroy(&actions);
    return error;
  }
  // The calling thread may block signals, and the host program ignore some; a compiler expects neither.
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  // A group of its own: a compiler's driver has children, which are to end with it.
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  if (!(error = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0))
      && !(error = posix_spawn_file_actions_adddup2(&actions, out, 1))
      && !(error = posix_spawn_file_actions_adddup2(&actions, out, 2)))
    // A program that was written a moment ago is busy while a process that another thread starts still holds it open.
    for (int tries = 0; tries < 100; tries++) {
      error = posix_spawn(pid, arguments[0], &actions, &attributes, arguments, environment);
      if (error != ETXTBSY) break;
      nanosleep(&(struct timespec){.tv_nsec = 2000000}, 0);
    }
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

// Waits for a process until the deadline: first for a moment at a time, since most have ended when their output has.
static pid_t wait_until(pid_t pid, int *status, double deadline) {
  for (long pause = 100000;; pause = pause < 10000000 ? pause * 2 : pause) {
    pid_t ended = waitpid(pid, status, WNOHANG);
    if (ended > 0 || (ended < 0 && errno != EINTR)) return ended;
    if (now() >= deadline) return 0;
    nanosleep(&(struct timespec){.tv_nsec = pause}, 0);
  }
}

struct theano_exit theano_run(char *const arguments[], char *const environment[], double seconds, char *output,
                              size_t room) {
  struct theano_exit end = {.code = -1};
  int ends[2];
#if defined(__linux__)
  if (pipe2(ends, O_CLOEXEC)) return end.error = errno, end;
#else
  if (pipe(ends)) return end.error = errno, end;
  fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  fcntl(ends[1], F_SETFD, FD_CLOEXEC);
#endif
  pid_t pid = 0;
  double deadline = now() + seconds;
  end.error = start(&pid, arguments, environment, ends[1]);
  close(ends[1]);
  while (!end.error) {
    double left = deadline - now();
    struct pollfd wait = {.fd = ends[0], .events = POLLIN};
    // The output may stay open after the process has ended, in the hands of a child that serves the next one.
    double moment = left < 0.05 ? left : 0.05;
    int ready = left <= 0 ? 0 : poll(&wait, 1, (int)(moment * 1000) + 1);
    if (ready < 0 && errno == EINTR) continue;
    if (ready == 0 && left > 0) {
      siginfo_t info = {0};
      if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid) break;
      continue;
    }
    if (ready <= 0) break;
    char dropped[4096];
    ssize_t got = end.output < room ? read(ends[0], output + end.output, room - end.output)
                                    : read(ends[0], dropped, sizeof dropped);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    if (end.output < room) end.output += (size_t)got;
  }
  close(ends[0]);
  if (end.error) return end;
  int status = 0;
  pid_t ended = wait_until(pid, &status, deadline);
  if (ended == 0) {
    end.timed_out = 1;
    kill(-pid, SIGKILL);
    while ((ended = waitpid(pid, &status, 0)) < 0 && errno == EINTR) {}
  }
  if (ended < 0) {
    // A host program that ignores SIGCHLD has its children collected by the system, so that their ends are not known;
    // the caller judges by what the program was to write.
    end.code = errno == ECHILD ? 0 : -1;
    end.error = errno == ECHILD ? 0 : errno;
  } else if (WIFEXITED(status)) {
    end.code = WEXITSTATUS(status);
  } else if (WIFSIGNALED(status)) {
    end.signal = WTERMSIG(status);
  }
  return end;
}
