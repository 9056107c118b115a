active [N] proctype thread()
{
	byte hand = 0, left = R;

get:	STEP(hand++);
	d_step { lock == FREE -> lock = _pid };
	if
	:: d_step { count != 0 -> count++ }; goto beaten
	:: d_step { count == 0 -> skip }; goto first
	fi;
beaten:	STEP(lock = FREE);
	d_step { hand-- }; goto use;
first:	ADD(lent, refused);
lent:	STEP(count = 1);
	d_step { lock = FREE }; goto use;
refused: STEP(lock = FREE);
	if LAST(true, hand--) fi;

use:	USE;

put:	STEP(lock == FREE -> lock = _pid);
	if
	:: d_step { count > 1 -> skip }; goto more
	:: d_step { count <= 1 -> skip }; goto remove
	fi;
more:	STEP(count--);
	if LAST(true, lock = FREE) fi;
remove:	REMOVE(back, kept);
back:	STEP(count = 0);
	d_step { lock = FREE };
	if LAST(true, hand--) fi;
kept:	if LAST(true, lock = FREE) fi;

finished: false
}
