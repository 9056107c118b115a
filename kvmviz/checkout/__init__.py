"""What a Linux tree's own C does, by running it in the model."""

from kvmviz.checkout.answer import Kernel as Kernel
from kvmviz.checkout.answer import kernel as kernel
