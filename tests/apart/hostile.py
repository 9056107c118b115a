"""Two hundred patches that do what no patch should: each a few lines, put into two places of a revision."""

from typing import Any

import kvmviz
from kvmviz.revisions import Revision

LOOPS = """
while True: pass
while 1: x = 0
for _ in iter(int, 1): pass
x = [x for x in iter(int, 1)]
x = sum(1 for _ in iter(int, 1))
sum(iter(int, 1))
max(iter(int, 1))
any(iter(int, 1))
set(iter(int, 1))
next(filter(None, iter(int, 1)))
collections.deque(iter(int, 1), 0)
for _ in itertools.count(): pass
collections.deque(itertools.count(), 0)
def f(): f()|f()
f = lambda: [f() for _ in range(9)]|f()
def f():@ while True: yield|sum(1 for _ in f())
while True:@ try: 1 / 0@ except: pass
while True:@ try: raise SystemExit@ except BaseException: pass
while True:@ try: time.sleep(0.01)@ finally: continue
while True:@ try:@  while True: pass@ except BaseException: pass
while True: vm.host.boot.once("a")
while True: vm.host.memory.free_page(None)
while True: print("and again")
while True: os.write(1, b"and again")
while True: sys.stderr.write("and again")
exec("while True: pass")
eval("[1 for _ in iter(int, 1)]")
re.match("(a+)+$", "a" * 60 + "b")
x = 7 ** 10 ** 9
x = str(7 ** 10 ** 7)
"""

WAITS = """
time.sleep(1000)
x = threading.Lock(); x.acquire(); x.acquire()
threading.Event().wait()
threading.Condition().acquire(); threading.Semaphore(0).acquire()
queue.Queue().get()
select.select([], [], [])
os.read(os.pipe()[0], 1)
signal.pause()
signal.sigwait([signal.SIGUSR2])
a, b = socket.socketpair(); a.recv(1)
asyncio.run(asyncio.sleep(1000))
signal.signal(signal.SIGALRM, signal.SIG_IGN)|while True: pass
signal.setitimer(signal.ITIMER_REAL, 0)|while True: pass
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64))|while True: pass
signal.signal(signal.SIGUSR1, signal.SIG_IGN)|sum(iter(int, 1))
signal.signal(signal.SIGTERM, signal.SIG_IGN)|time.sleep(1000)
signal.signal(signal.SIGALRM, lambda *a: None)|while True: pass
sys.setswitchinterval(1000)|sum(iter(int, 1))
"""

EXITS = """
sys.exit()
sys.exit(0)
sys.exit("a\\nb")
raise SystemExit
exit()
quit(0)
os._exit(0)
os._exit(3)
os.abort()
os.kill(os.getpid(), 9)
os.kill(os.getppid(), 9)
os.killpg(0, 9)
signal.raise_signal(signal.SIGKILL)
signal.raise_signal(signal.SIGSEGV)
signal.raise_signal(signal.SIGTERM)
signal.alarm(1); sum(iter(int, 1))
ctypes.string_at(0)
ctypes.CDLL(None).abort()
ctypes.CDLL(None)._exit(0)
ctypes.pythonapi.Py_FatalError(b"over")
faulthandler._sigsegv()
faulthandler._sigabrt()
raise KeyboardInterrupt
raise GeneratorExit
raise StopIteration
raise BaseException("a\\nb")
raise type("Mine", (BaseException,), {})
os.execv("/bin/true", ["true"])
os.dup2(os.open(os.devnull, 1), 1); os.closerange(0, 64); time.sleep(1000)
os.closerange(3, 64)
"""

OTHERS = """
threading.Thread(target=print).start()
threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
threading.Timer(1, print).start()
_thread.start_new_thread(print, ())
concurrent.futures.ThreadPoolExecutor().submit(print)
concurrent.futures.ProcessPoolExecutor().submit(print)
multiprocessing.Process(target=print).start()
multiprocessing.Pool(2)
os.fork()
os.forkpty()
os.system("sleep 1000 &")
os.popen("sleep 1000")
os.posix_spawn("/bin/sleep", ["sleep", "1000"], {})
os.spawnlp(os.P_NOWAIT, "sleep", "sleep", "1000")
subprocess.run(["sleep", "1000"])
subprocess.Popen(["sleep", "1000"], start_new_session=True)
subprocess.getoutput("sleep 1000")
"""

MEMORY = """
x = [0] * 10 ** 11
x = bytearray(10 ** 11)
x = "a" * 10 ** 11
x = []|while True: x.append(bytes(10 ** 7))
x = {}|while True: x[len(x)] = bytearray(10 ** 6)
x = "a"|while True: x += x
x = []|while True: x = [x, [0] * 10 ** 6]
x = list(range(10 ** 9))
x = mmap.mmap(-1, 10 ** 12)
"""

TRICKS = """
class E(Exception):@ def __str__(self): 1 / 0|raise E
class E(Exception):@ def __str__(self): return chr(27) + "[31m\\n\\u00e4" * 9999|raise E
class E(Exception):@ def __str__(self): raise SystemExit|raise E
class E(Exception):@ def __repr__(self):@  while True: pass|raise E(E())
x = ValueError(); x.__cause__ = x; raise x
class B:@ def __bool__(self): 1 / 0|KVM_BUG_ON(B(), vm)
class B:@ def __bool__(self): sys.exit()|KVM_BUG_ON(B(), vm)
class B:@ def __bool__(self):@  while True: pass|KVM_BUG_ON(B(), vm)
class S(str):@ def __eq__(self, o): 1 / 0@ __hash__ = str.__hash__|vm.host.boot.once(S("a")); vm.host.boot.once("a")
class S(str):@ def __hash__(self): 1 / 0|vm.host.boot.once(S("a"))
class S(str):@ def __eq__(s, o):@  while True: pass@ __hash__ = str.__hash__|[vm.host.boot.once(c("a")) for c in[str,S]]
class D:@ def __del__(self):@  while True: pass|D()
class D:@ def __getattr__(self, n): sys.exit()|vm.host.memory.free_page(D())
vm.host.memory.free_page(3)
vm.host.rcu.call_rcu(vm, None, None)
vm.revision = None
vm.host = None
vm.vcpus = None
sp.__class__ = object
vm.__class__ = object
vm.tdp_mmu_roots.clear()
sp.spt.entries.append(None)
sp.parent.spt.entries[0] = 3
sys.setrecursionlimit(10 ** 8)|def f(): f()|f()
sys.modules.clear(); vm.host.memory.free_page(sp.nothing)
import kvmviz.kvm.tdx as t|t.tdx_reclaim_page = lambda h, p: 0
import kvmviz.machine.bug as b|b.WARN_ON = lambda *a: False
from kvmviz.machine.page import Page|Page.owned = property(lambda p: False)
from kvmviz.machine.memory import Memory|Memory.free_page = lambda *a: None
object.__setattr__(vm, "hkid", -1)
gc.get_objects()
gc.get_referrers(sp)
vm.host.memory.__init__(None)
input()
nothing
(lambda: 0)(1)
"""

IMPORTS = (
    "_thread, asyncio, collections, concurrent.futures, ctypes, faulthandler, gc, itertools, mmap, multiprocessing, "
    "os, queue, re, select, signal, socket, subprocess, sys, threading, time"
)

QUICK = (0, 5, 17, 30, 41, 54, 55, 64, 78, 86, 92, 95, 104, 130)
"""Those that are tried each time: some of each kind."""


def bodies() -> list[str]:
    """Every body; `|` stands for a new line, `@` for one in the body's own block."""
    lines = [line for text in (LOOPS, WAITS, EXITS, OTHERS, MEMORY, TRICKS) for line in text.strip().split("\n")]
    return [line.replace("|", "\n").replace("@", "\n") for line in lines]


PLACES = ("op", "helper of the callback")


def source(body: str, place: str) -> str:
    """A file with a class that does this at this place."""
    head = f"import {IMPORTS}\nimport kvmviz\nfrom kvmviz.machine.bug import KVM_BUG_ON\n\n"
    indented = body.replace("\n", "\n        ")
    if place == "op":
        return (f'{head}class Mine(kvmviz.Revision, base="v1"):\n'
                f"    def tdx_sept_free_private_spt(vm, gfn, sp):\n        {indented}\n")  # fmt: skip
    outside = body.replace("\n", "\n    ")
    return (f"{head}def helper(vm, sp):\n    {outside}\n\n"
            f'class Mine(kvmviz.Revision, base="v1"):\n'
            f"    def tdp_mmu_free_sp_rcu_callback(vm, sp):\n        helper(vm, sp)\n")  # fmt: skip


def made(body: str, place: str) -> type[Revision]:
    """The class, as a notebook's cell makes it."""
    names: dict[str, Any] = {"__name__": "__main__", "kvmviz": kvmviz}
    exec(compile(source(body, place), "<cell>", "exec"), names)
    cls: type[Revision] = names["Mine"]
    return cls
