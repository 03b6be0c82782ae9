# fail2ban: as fleetblock.conf, but from within fail2ban itself: no process for every ban, so that thousands of restored bans are
# reported in a second. In a jail:  action = fleetblock.py
import socket
import time

from fail2ban.server.actions import ActionBase


class FleetblockAction(ActionBase):
    """Reports to the agent of this host. `source`: as the fleet's policy names it; `path`: the agent's socket for reports."""

    def __init__(self, jail, name, source=None, path="/run/fleetblock-agent/report.sock"):
        super().__init__(jail, name)
        self.source = source or "fail2ban:" + jail.name.lower()
        self.path = path

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
        """fail2ban stops, restarts or reloads: what it banned stays banned until its end."""
        return True

    def _report(self, line):
        with socket.socket(socket.AF_UNIX) as agent:
            agent.settimeout(10)
            agent.connect(self.path)
            agent.sendall((line + "\n").encode())
            answer = agent.makefile().readline().strip()
        if answer != "queued":
            raise RuntimeError("fleetblock: " + (answer or "no answer"))


Action = FleetblockAction
