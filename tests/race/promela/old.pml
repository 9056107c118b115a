#undef FORESEEN
#define FORESEEN skip

active [N] proctype thread()
{
	byte hand = 0, left = R;

get:	if
	:: d_step { count != 0 -> count++ }; goto use
	:: d_step { count == 0 -> skip }; goto slow
	fi;
slow:	STEP(hand++);
	d_step { lock == FREE -> lock = _pid };
	if
	:: d_step { count != 0 -> count++ }; goto beaten
	:: d_step { count == 0 -> skip }; goto first
	fi;
beaten:	STEP(lock = FREE);
	d_step { hand-- }; goto use;
first:	ADD(lent, there);
lent:	STEP(count = 1);
	d_step { lock = FREE }; goto use;
there:	STEP(count = 1);
	d_step { lock = FREE };
	d_step { hand-- }; goto use;

use:	USE;

put:	if
	LAST(count != 1, count--)
	:: d_step { count == 1 -> count-- }; goto last
	fi;
last:	STEP(lock == FREE -> lock = _pid);
	if
	:: d_step { count != 0 -> skip }; goto lost
	:: d_step { count == 0 -> skip }; goto remove
	fi;
lost:	if LAST(true, lock = FREE) fi;
remove:	REMOVE(back, kept);
back:	STEP(lock = FREE);
	if LAST(true, hand--) fi;
kept:	STEP(count++);
	if LAST(true, lock = FREE) fi;

finished: false
}
