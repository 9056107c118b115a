/*
 * The machine of kvmviz/race/memory.py in Promela, written apart from it; a design stands behind this.
 * N threads run R rounds.  Each step is one d_step; JUDGE asserts what the module must never have to refuse.
 */
#define FREE 15

short count;
bool pair;
byte pages; /* bit i: the module has the page of thread i */
byte lock = FREE;

#ifdef JUDGE
#define WRONG assert(false)
#else
#define WRONG skip
#endif

/* A step that can be jumped to. */
#define STEP(body) if :: d_step { body } fi

/* The last step of a round, where the guard allows it: on to the next round, or to the end. */
#define LAST(guard, body) \
	:: d_step { (guard) && left > 1 -> body; left-- }; goto get \
	:: d_step { (guard) && left == 1 -> body; left-- }; goto finished

#define ADD(good, bad) \
	if \
	:: d_step { !pair -> pair = true; hand-- }; goto good \
	:: d_step { pair -> FORESEEN }; goto bad \
	fi

#define REMOVE(good, bad) \
	if \
	:: d_step { pair && pages == 0 -> pair = false; hand++ }; goto good \
	:: d_step { !pair || pages != 0 -> WRONG }; goto bad \
	fi

/* What a thread does between get and put: a page goes to the module and comes back. */
#define USE \
	if \
	:: d_step { pair -> pages = pages | (1 << _pid) } \
	:: d_step { !pair -> WRONG } \
	fi; \
	d_step { pages = pages & ~(1 << _pid) }

#define FORESEEN WRONG
