"""The simulated host: memory, printk and the warning macros, RCU, the TDX module, the recorder.

Standard library only; nothing here knows of pictures.
"""
