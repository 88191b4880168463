"""A terminal with a program in its foreground, as a shell has it, for tests.

usage: terminal.py PROGRAM ARGUMENT...

Reads commands as JSON lines: {"type": "q"} types, {"modes": true} asks for the terminal's modes, {"signal": 15} sends the
program a signal, {"continue": true} brings a stopped program back to the foreground. Writes JSON lines: {"output": text},
{"modes": {"canonical": bool, "echo": bool}}, {"stopped": true}, and at last {"exit": code} (128 + number after a signal).
The end of the input ends the program.
"""
import codecs
import fcntl
import json
import os
import resource
import select
import signal
import sys
import termios


def say(**message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def start(slave):
    """The program, in a process group of its own that has the terminal."""
    child = os.fork()
    if child != 0:
        return child
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # some tests end it by a signal that would leave one
    os.setpgid(0, 0)
    os.tcsetpgrp(slave, os.getpid())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
    for descriptor in (0, 1, 2):
        os.dup2(slave, descriptor)
    os.closerange(3, 256)
    os.execvp(sys.argv[1], sys.argv[1:])


def modes_of(terminal):
    flags = termios.tcgetattr(terminal)[3]
    return {"canonical": bool(flags & termios.ICANON), "echo": bool(flags & termios.ECHO)}


def obey(command, child, master, slave):
    if "type" in command:
        os.write(master, command["type"].encode())
    elif "modes" in command:
        say(modes=modes_of(master))
    elif "signal" in command:
        os.kill(child, command["signal"])
    elif "continue" in command:
        os.tcsetpgrp(slave, child)
        os.killpg(child, signal.SIGCONT)


def main():
    os.setsid()
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # we give the terminal away and take it back
    wake_read, wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(wake_write)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    child = start(slave)
    decode = codecs.getincrementaldecoder("utf-8")("replace").decode
    commands = b""
    while True:
        ready, _, _ = select.select([0, master, wake_read], [], [])
        if master in ready:
            say(output=decode(os.read(master, 65536)))
        if wake_read in ready:
            os.read(wake_read, 64)
            ended, status = os.waitpid(child, os.WNOHANG | os.WUNTRACED)
            if ended == child and os.WIFSTOPPED(status):
                os.tcsetpgrp(slave, os.getpgrp())
                say(stopped=True)
            elif ended == child:
                while select.select([master], [], [], 0)[0]:
                    say(output=decode(os.read(master, 65536)))
                say(modes=modes_of(master))
                say(exit=os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
                return
        if 0 in ready:
            more = os.read(0, 65536)
            if not more:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                return
            *lines, commands = (commands + more).split(b"\n")
            for line in lines:
                obey(json.loads(line), child, master, slave)


main()
