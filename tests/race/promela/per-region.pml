/* Two regions, each with its pair in the other; ADD and REMOVE begin and end, and hold both meanwhile. */
short counts[2];
bool pairs[2];
byte given[2], locks[2] = FREE, alone[2] = FREE, shared[2];

#define MINE (_pid & 1)
#define OTHER (1 - (_pid & 1))
#define CAN (alone[MINE] == FREE && shared[MINE] == 0 && alone[OTHER] == FREE)
#define BEGIN alone[MINE] = _pid; shared[OTHER] = shared[OTHER] | (1 << _pid)
#define END alone[MINE] = FREE; shared[OTHER] = shared[OTHER] & ~(1 << _pid)

active [N] proctype thread()
{
	byte hand = 0, left = R;

get:	STEP(hand++);
	d_step { locks[MINE] == FREE -> locks[MINE] = _pid };
	if
	:: d_step { counts[MINE] != 0 -> counts[MINE]++ }; goto beaten
	:: d_step { counts[MINE] == 0 -> skip }; goto first
	fi;
beaten:	STEP(locks[MINE] = FREE);
	d_step { hand-- }; goto use;
first:	if
	:: d_step { CAN -> BEGIN }; goto adding
	:: d_step { !CAN -> WRONG }; goto refused
	fi;
adding:	if
	:: d_step { !pairs[MINE] -> END; pairs[MINE] = true; hand-- }; goto lent
	:: d_step { pairs[MINE] -> END; WRONG }; goto refused
	fi;
lent:	STEP(counts[MINE] = 1);
	d_step { locks[MINE] = FREE }; goto use;
refused: STEP(locks[MINE] = FREE);
	if LAST(true, hand--) fi;

use:	if
	:: d_step { pairs[MINE] -> given[MINE] = given[MINE] | (1 << _pid) }
	:: d_step { !pairs[MINE] -> WRONG }
	fi;
	d_step { given[MINE] = given[MINE] & ~(1 << _pid) };

put:	STEP(locks[MINE] == FREE -> locks[MINE] = _pid);
	if
	:: d_step { counts[MINE] > 1 -> skip }; goto more
	:: d_step { counts[MINE] <= 1 -> skip }; goto remove
	fi;
more:	STEP(counts[MINE]--);
	if LAST(true, locks[MINE] = FREE) fi;
remove:	if
	:: d_step { CAN -> BEGIN }; goto removing
	:: d_step { !CAN -> WRONG }; goto kept
	fi;
removing: if
	:: d_step { pairs[MINE] && given[MINE] == 0 -> END; pairs[MINE] = false; hand++ }; goto back
	:: d_step { !pairs[MINE] || given[MINE] != 0 -> END; WRONG }; goto kept
	fi;
back:	STEP(counts[MINE] = 0);
	d_step { locks[MINE] = FREE };
	if LAST(true, hand--) fi;
kept:	if LAST(true, locks[MINE] = FREE) fi;

finished: false
}
