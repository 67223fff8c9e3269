"""Three connectors that act as one, on this machine: three nats-servers, three connectors, HAProxy in front, and agents with stand-in PBXs.

The configuration files are those of packaging/examples/cluster, with this machine's ports, paths and passwords.
"""
import json
import pathlib
import re
import secrets
import shutil
import subprocess
import urllib.request

from stage import PATIENCE, Failed, Ports, Stage, until

EXAMPLES = pathlib.Path(__file__).resolve().parent.parent / 'packaging/examples/cluster'
NODES = ('a', 'b', 'c')


def installed(program):
    """Its path; Debian has servers where a user's PATH does not lead. None when it is not there."""
    return shutil.which(program) or shutil.which(program, path='/usr/sbin')


class ThreeNodes(Stage):
    limits = '[limits]\nagents = 100\nclients = 200\n'  # of each connector
    balanced = 1000  # connections through HAProxy

    def __init__(self, programs, users):
        super().__init__(programs)
        self.users = users  # of each PBX: 1001 and so on, whose password is geheim
        self.frozen = frozenset()
        self.ports = Ports()
        for name in [f'{kind}-{node}' for node in NODES for kind in ('client', 'peer', 'nats', 'route')] + ['public']:
            self.ports.new(name)
        self.ports.give()

    # ----------------------------------------------------------------------------------------- files

    def example(self, name, replacements):
        text = (EXAMPLES / name).read_text()
        for pattern, by in replacements:
            text, times = re.subn(pattern, lambda match: by, text, flags=re.MULTILINE)
            if times == 0:
                raise Failed(f'{name} of the examples has nothing like {pattern}')
        return text

    def bcrypt(self, password):
        """As mkpasswd -m bcrypt makes it, by perl, which every Debian has."""
        salt = ''.join(secrets.choice('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789') for _ in range(21)) + 'O'
        done = subprocess.run(['perl', '-e', 'chomp(my $word = <STDIN>); print crypt($word, $ARGV[0])', f'$2b$05${salt}'],
                              input=password, capture_output=True, text=True, check=True)
        return done.stdout

    def write_nats(self, node, hashes):
        routes = [f'    "nats-route://127.0.0.1:{self.ports[f"route-{other}"]}"' for other in NODES if other != node]
        text = self.example('nats-server.conf', [
            (r'^server_name: a', f'server_name: {node}'),
            (r'127\.0\.0\.1:4222', f'127.0.0.1:{self.ports[f"nats-{node}"]}'),
            (r'^http:.*$', ''),
            (r'/var/lib/nats-server', str(self.work / f'nats-{node}')),
            (r'10\.0\.0\.1:6222', f'127.0.0.1:{self.ports[f"route-{node}"]}'),
            (r'^    "nats-route://10\.0\.0\.2:6222"$', routes[0]),
            (r'^    "nats-route://10\.0\.0\.3:6222"$', routes[1]),
            (r'/etc/nats/', str(self.work) + '/'),
            (r'(?<=password: ")[^"]*node[^"]*(?=")', hashes['node']),
            (r'(?<=password: ")[^"]*admin[^"]*(?=")', hashes['admin']),
        ])
        (self.work / f'nats-{node}.conf').write_text(text)

    def write_connector(self, node):
        text = self.example('connector.ini', [
            (r'10\.0\.0\.1:8443', f'127.0.0.1:{self.ports[f"client-{node}"]}'),
            (r'10\.0\.0\.1:8444', f'127.0.0.1:{self.ports[f"peer-{node}"]}'),
            (r'^trusted-proxies = .*$', 'trusted-proxies = 127.0.0.1'),
            (r'^node = a$', f'node = {node}'),
            (r'127\.0\.0\.1:4222', f'127.0.0.1:{self.ports[f"nats-{node}"]}, '
             + ', '.join(f'nats://127.0.0.1:{self.ports[f"nats-{other}"]}' for other in NODES if other != node)),
            (r'^url = .*$', f'url = https://localhost:{self.ports["public"]}'),
            (r'^listen = 127\.0\.0\.1:9782$', 'listen ='),
        ])
        # Nobody waits here as long as an administrator would.
        text += f'\n[registry]\nfile = registry-{node}.sqlite3\n{self.limits}'
        text = text.replace('[cluster]\n', '[cluster]\nleave-announced = 2\nleave-within = 4\n')
        (self.work / f'connector-{node}.ini').write_text(text)

    def write_haproxy(self):
        text = self.example('haproxy.cfg', [
            (r'^    bind \[::\]:443.*$', ''),
            (r'^    bind :443 ssl crt \S+', f'    bind 127.0.0.1:{self.ports["public"]} ssl crt {self.work / "public.pem"}'),
            (r'/etc/haproxy/certs/nodes-ca\.pem', str(self.work / 'ca.pem')),
            # All of them come from one address here, and are to be spread.
            (r'^    balance source$', '    balance roundrobin'),
            (r'^    hash-type consistent$', ''),
        ] + [(rf'10\.0\.0\.{number}:8443', f'127.0.0.1:{self.ports[f"client-{node}"]}') for number, node in enumerate(NODES, 1)])
        (self.work / 'haproxy.cfg').write_text(f'global\n    maxconn {self.balanced}\n' + text)

    # --------------------------------------------------------------------------------------- servers

    def start_servers(self):
        """The nats-servers, and the log of names in them. Returns what was said when it was made."""
        self.certificates()
        words = {user: secrets.token_urlsafe(18) for user in ('node', 'admin')}
        hashes = {user: self.bcrypt(word) for user, word in words.items()}
        for user, word in words.items():
            (self.work / f'{user}.ini').write_text(f'user = {user}\npassword = {word}\n')
        shutil.copy(self.work / 'node.ini', self.work / 'nats.ini')
        for node in NODES:
            self.write_nats(node, hashes)
            self.write_connector(node)
        for node in NODES:
            self.start_nats(node)
        self.connector('a', 'cluster', 'new-key', '--out', 'cluster.key')
        made = []

        def log_is_made():
            made.append(self.connector('a', 'cluster', 'create-log', '--nats-credentials', 'admin.ini', check=False))
            return made[-1].returncode == 0

        until('the log of names is made', log_is_made)
        return made[-1].stdout

    def start_nats(self, node):
        self.start(f'nats-{node}', installed('nats-server'), '-c', f'nats-{node}.conf')

    # ----------------------------------------------------------------------------------------- nodes

    def start_nodes(self):
        for node in NODES:
            self.start_connector(node)
        for node in NODES:
            self.until_well(node)

    def start_connector(self, node):
        self.start(f'connector-{node}', self.program('starface-teams-connector'), '--config', f'connector-{node}.ini')

    def until_well(self, node):
        until(f'node {node} is well', lambda: self.connector(node, 'status', check=False).returncode == 0)

    def public(self):
        return f'wss://localhost:{self.ports["public"]}'

    def start_balancer(self):
        self.write_haproxy()
        self.start('haproxy', installed('haproxy'), '-db', '-f', 'haproxy.cfg')

    def connector(self, node, *arguments, check=True):
        return self.run(self.program('starface-teams-connector'), '--config', f'connector-{node}.ini', *arguments, check=check)

    def status(self, node):
        told = self.connector(node, 'status', '--json', check=False)
        return json.loads(told.stdout) if told.stdout.startswith('{') else {}

    def places(self):
        """The node at which each agent is, by the PBX's name."""
        asked = next(node for node in NODES if self.answers(node))
        return {record['name']: record['node'] or asked for record in json.loads(self.connector(asked, 'list', '--json').stdout)
                if record['online']}

    def agents_online(self):
        """At the nodes that answer."""
        return sum(self.status(node).get('agents', {}).get('online', 0) for node in NODES if self.answers(node))

    def answers(self, node):
        return self.processes[f'connector-{node}'].poll() is None and node not in self.frozen

    # ---------------------------------------------------------------------------------------- agents

    def start_pbx(self, number):
        """A PBX with its users, whose name is enrolled."""
        (self.work / 'users.ini').write_text(''.join(
            f'[user-{user}]\nlogin = {1001 + user}\npassword = geheim\nname = User {user}\n' for user in range(self.users)))
        # A node that has just found the log first gives the others time to restore what it may have lost.
        until('a name is enrolled', lambda: self.connector(
            'abc'[number % 3], 'enroll', f'pbx{number}.example.com', check=False).returncode == 0)
        self.start(f'pbx-{number}', self.program('starface-uci-simulator'), '--users', 'users.ini', '--listen', '127.0.0.1:0',
                   '--control', '127.0.0.1:0', '--port-file', f'pbx-{number}.ports')

    def start_agent(self, number, address=None, pbx=None):
        """Of the PBX of its number, unless it is given. Its users' key is in users-{number}.key."""
        ports = self.work / f'pbx-{number if pbx is None else pbx}.ports'
        until('a PBX serves', lambda: ports.exists() and ports.stat().st_size > 0)
        (self.work / f'agent-{number}.ini').write_text(
            f'[system]\nname = pbx{number}.example.com\n[connector]\nurl = {address or self.public()}\nca-file = {self.work}/ca.pem\n'
            f'[uci]\nurl = http://127.0.0.1:{json.loads(ports.read_text())["http"]}\n')
        (self.work / f'state-{number}').mkdir()
        self.start(f'agent-{number}', self.program('starface-teams-agent'), 'run', '--config', f'agent-{number}.ini', '--state-dir',
                   f'state-{number}')
        until('an agent runs', lambda: self.agent(number, 'status', '--json', check=False).stdout.startswith('{'))
        self.agent(number, 'key', 'new')
        self.agent(number, 'key', 'export', f'users-{number}.key')

    def agent(self, number, *arguments, check=True):
        return self.run(self.program('starface-teams-agent'), *arguments, '--config', f'agent-{number}.ini', '--state-dir',
                        f'state-{number}', check=check)

    def is_back(self, number):
        """The agent is connected, and so is every one of its users' sessions."""
        told = self.agent(number, 'status', '--json', check=False).stdout
        if not told.startswith('{'):
            return False
        status = json.loads(told)
        sessions = status['sessions']
        return status['tunnel']['state'] == 'connected' and sessions['open'] == self.users and sessions['waiting'] == 0

    def control(self, number, path, **body):
        port = json.loads((self.work / f'pbx-{number}.ports').read_text())['control']
        request = urllib.request.Request(f'http://127.0.0.1:{port}/control/{path}', json.dumps(body).encode(),
                                         {'Content-Type': 'application/json'})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=PATIENCE) as answer:
            return json.loads(answer.read() or b'{}')
