# fail2ban: as fleetblock.conf, but from within fail2ban itself: no process for every ban, so that thousands of restored bans are
# reported in a second. In a jail:  action = fleetblock.py
import socket
import threading
import time

from fail2ban.server.actions import ActionBase


class FleetblockAction(ActionBase):
    """Reports to the agent of this host. `source`: as the fleet's policy names it; `path`: the agent's socket for reports."""

    def __init__(self, jail, name, **options):
        super().__init__(jail, name)
        self._agent = None
        # The jail bans in a thread of its own, and fail2ban-client in another.
        self._turn = threading.Lock()
        self.reload(**options)

    def reload(self, source=None, path="/run/fleetblock-agent/report.sock"):
        """fail2ban reloads its configuration. Without this and clearAllParams it would remove the action from its jail."""
        self.source = source or "fail2ban:" + self._jail.name.lower()
        self.path = path
        self.stop()

    def clearAllParams(self):
        """Before reload, which sets all."""

    def ban(self, aInfo):
        left = int(aInfo["bantime"])
        # A restored ban has the rest of its time.
        if left > 0:
            left = max(1, int(aInfo["time"] + left - time.time()))
        self._report("ban %s %s %d" % (aInfo["ip"], self.source, left))

    prolong = ban

    def unban(self, aInfo):
        self._report("unban %s %s" % (aInfo["ip"], self.source))

    def flush(self):
        """Whether fail2ban need not unban one by one. A jail that stops leaves what it banned until its end; one that goes on unbans all of it."""
        return not self._jail.actions.active

    def stop(self):
        with self._turn:
            self._hang_up()

    def _report(self, line):
        with self._turn:
            # The agent has closed it when it restarted, or when nothing was said for a minute. Said twice it is no change.
            answer = (self._agent and self._ask(line)) or self._ask(line)
        if answer != "queued":
            raise RuntimeError("fleetblock: " + (answer or "no answer"))

    def _ask(self, line):
        """The answer, over the connection that is open or a new one; none: it is closed."""
        fresh = self._agent is None
        try:
            if fresh:
                self._agent = socket.socket(socket.AF_UNIX)
                self._agent.settimeout(10)
                self._agent.connect(self.path)
                self._answers = self._agent.makefile()
            self._agent.sendall((line + "\n").encode())
            answer = self._answers.readline().strip()
            if answer:
                return answer
        except OSError:
            if fresh:
                self._hang_up()
                raise
        self._hang_up()

    def _hang_up(self):
        if self._agent:
            self._agent.close()
        self._agent = self._answers = None


Action = FleetblockAction
