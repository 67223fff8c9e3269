"""The programs as real processes on loopback, in a directory of their own that goes when they end."""
import os
import pathlib
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

PATIENCE = 45  # seconds that anything may take before it counts as failed


class Failed(Exception):
    pass


def until(what, condition, patience=PATIENCE):
    """Asks again until it holds; returns how long it took, in seconds."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > patience:
            raise Failed(f'{what}: not within {patience} s')
        time.sleep(0.05)
    return time.monotonic() - began


class Ports:
    """Free ports of loopback. Each is held until it is given to a process, so that no two get the same one."""

    def __init__(self):
        self.held = {}

    def new(self, name):
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(('127.0.0.1', 0))
        self.held[name] = sock
        return sock.getsockname()[1]

    def __getitem__(self, name):
        return self.numbers[name]

    def give(self):
        self.numbers = {name: sock.getsockname()[1] for name, sock in self.held.items()}
        for sock in self.held.values():
            sock.close()


class Stage:
    def __init__(self, programs):
        resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
        os.umask(0o077)
        self.bin = pathlib.Path(programs).resolve()
        self.work = pathlib.Path(tempfile.mkdtemp(prefix='starface-teams-stage.'))
        self.processes = {}

    # ------------------------------------------------------------------------------------- processes

    def start(self, name, *command, **more):
        """Both outputs go to a log, unless `more` for Popen says something else."""
        with open(self.work / f'{name}.log', 'ab') as log:
            self.processes[name] = subprocess.Popen([str(part) for part in command],
                                                    **{'stdout': log, 'stderr': log, 'cwd': self.work, **more})
        return self.processes[name]

    def program(self, name):
        return self.bin / name

    def run(self, *command, check=True):
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, cwd=self.work, timeout=PATIENCE)
        if check and done.returncode != 0:
            raise Failed(f'{" ".join(str(part) for part in command)} ended with {done.returncode}: {done.stderr.strip()}')
        return done

    def kill(self, name, how=signal.SIGKILL):
        self.processes[name].send_signal(how)

    def close(self):
        for process in self.processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
        for process in self.processes.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
        shutil.rmtree(self.work, ignore_errors=True)

    def show_logs(self):
        for file in sorted(self.work.glob('[!n]*.log')):
            lines = file.read_text(errors='replace').splitlines()[-8:]
            if lines:
                print(f'\n--- the end of {file.name}', *lines, sep='\n', file=sys.stderr)

    # -------------------------------------------------------------------------------- what they take

    def cpu(self, name):
        """Seconds of CPU so far."""
        fields = pathlib.Path(f'/proc/{self.processes[name].pid}/stat').read_text().rpartition(')')[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')

    def memory(self, name):
        """KiB, proportional set size."""
        for line in pathlib.Path(f'/proc/{self.processes[name].pid}/smaps_rollup').read_text().splitlines():
            if line.startswith('Pss:'):
                return int(line.split()[1])
        raise Failed(f'{name} has no memory')

    # ------------------------------------------------------------------------------------- certificates

    def certificates(self, new_key=('-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256')):
        """An authority, and with `new_key` (openssl's words) a certificate for all that listen."""
        def openssl(*arguments):
            self.run('openssl', *arguments)

        openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '60', '-subj',
                '/CN=throw-away authority', '-keyout', 'ca.key', '-out', 'ca.pem')
        openssl('req', *new_key, '-nodes', '-subj', '/CN=localhost', '-keyout', 'node.key', '-out', 'node.csr')
        (self.work / 'node.ext').write_text('subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n')
        openssl('x509', '-req', '-in', 'node.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '60', '-extfile',
                'node.ext', '-out', 'node.pem')
        (self.work / 'public.pem').write_text((self.work / 'node.pem').read_text() + (self.work / 'node.key').read_text())
