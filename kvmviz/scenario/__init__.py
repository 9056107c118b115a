"""What goes in, as one line of text: the TD's tree, the faults, and what surrounds them.

>>> str(Scenario.parse("hkid=assigned"))
'tree=1x1x3 hkid=flushvp-not-done'
"""

from kvmviz.scenario.causes import CAUSES as CAUSES
from kvmviz.scenario.scenario import Scenario as Scenario
from kvmviz.scenario.scenario import ScenarioError as ScenarioError
