active [N] proctype thread()
{
	byte hand = 0, left = R;

get:	if
	:: d_step { count >= 1 -> count++ }; goto use
	:: d_step { count < 1 -> count++ }; goto first
	fi;
first:	STEP(hand++);
	ADD(use, refused);
refused: STEP(count--);
	if LAST(true, hand--) fi;

use:	USE;

put:	if
	LAST(count != 1, count--)
	:: d_step { count == 1 -> count-- }; goto last
	fi;
last:	REMOVE(back, kept);
back:	if LAST(true, hand--) fi;
kept:	if LAST(true, count++) fi;

finished: false
}
