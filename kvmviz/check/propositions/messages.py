"""Who said what, when and where: the mails and source files that the claims are taken from.

>>> MESSAGES["B16"].who
'Binbin Wu'

`where` is a Message-ID, an address, or the kernel's file and commit.  Nothing of a
message's text is kept here.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Message:
    """The source of claims: author, date, and where it can be read."""

    who: str
    when: str
    where: str


MESSAGES: Final = {
    "S16": Message(
        "Sean Christopherson, posted by Rick Edgecombe", "27 Mar 2026",
        "20260327201421.2824383-17-rick.p.edgecombe@intel.com (by its number)",
    ),
    "B16": Message("Binbin Wu", "8 Apr 2026", "https://lkml.rescloud.iu.edu/hypermail/linux/kernel/2604.1/02023.html"),
    "B16i": Message(
        "implied by Binbin Wu's reply", "8 Apr 2026",
        "https://lkml.rescloud.iu.edu/hypermail/linux/kernel/2604.1/02023.html",
    ),
    "S17": Message(
        "[PATCH 17/17], posted by Rick Edgecombe", "27 Mar 2026",
        "20260327201421.2824383-18-rick.p.edgecombe@intel.com",
    ),
    "Y17a": Message("Yan Zhao", "30 Mar 2026", "https://lkml.iu.edu/2603.3/11801.html"),
    "Y17b": Message("Rick Edgecombe, quoted by Yan Zhao", "1 Apr 2026", "https://lkml.iu.edu/2604.0/02379.html"),
    "V14": Message("Yan Zhao", "9 May 2026", "https://lkml.iu.edu/hypermail/linux/kernel/2605.1/02157.html"),
    "V2C": Message("Yan Zhao", "9 May 2026", "https://lkml.rescloud.iu.edu/hypermail/linux/kernel/2605.1/02134.html"),
    "V3C": Message("Yan Zhao", "28 May 2026", "https://lkml.iu.edu/2605.3/07315.html"),
    "R09": Message("Sean Christopherson", "28 Jan 2026", "20260129011517.3545883-10-seanjc@google.com"),
    "R09s": Message("Sean Christopherson", "5 Feb 2026", "https://lkml.iu.edu/hypermail/linux/kernel/2602.0/08024.html"),
    "R09y": Message("Yan Zhao", "4-5 Feb 2026", "https://lkml.iu.edu/hypermail/linux/kernel/2602.0/08212.html"),
    "R04s": Message("Sean Christopherson", "29 Jan 2026", "https://lkml.iu.edu/hypermail/linux/kernel/2601.3/08563.html"),
    "R04r": Message("Rick Edgecombe", "29 Jan 2026", "https://lkml.iu.edu/hypermail/linux/kernel/2601.3/08563.html"),
    "R20y1": Message("Yan Zhao", "6 Feb 2026", "aYW5CbUvZrLogsWF@yzhao56-desk.sh.intel.com"),
    "R20y2": Message("Yan Zhao", "10 Feb 2026", "aYrsviTu/ET8N7DH@yzhao56-desk.sh.intel.com"),
    "R20s1": Message("Sean Christopherson", "6 Feb 2026", "aYYCOiMvWfSJR1AL@google.com"),
    "R20s2": Message("Sean Christopherson", "9 Feb 2026", "aYprxnSHKHUtk7pt@google.com"),
    "R20s3": Message("Sean Christopherson", "9 Feb 2026", "aYpjNrtGmogNzqwT@google.com"),
    "R20": Message("comment in [RFC PATCH v5 20/45]", "Jan 2026", "[RFC PATCH v5 20/45], one hunk of it"),
    "R20k": Message("Kai Huang", "10 Feb 2026", "https://lkml.iu.edu/hypermail/linux/kernel/2602.1/02703.html"),
    "CODE": Message("comment in the kernel", "as landed", "arch/x86/kvm/vmx/tdx.c at 09c6f74ecb86"),
    "OLD": Message("comment in the kernel", "before the patch", "arch/x86/kvm/vmx/tdx.c, base of [PATCH 16/17]"),
    "T": Message("commit log", "not merged", "kvm-x86/linux commit dcab95e53364"),
    "D6": Message(
        "comment in [PATCH v6 09/11], posted by Rick Edgecombe", "25 May 2026",
        "20260526023515.288829-10-rick.p.edgecombe@intel.com",
    ),
    "MOD": Message(
        "deduced from the TDX module's source", "branch tdx_1.5", "intel/tdx-module, tdh_phymem_page_reclaim.c",
    ),
    "KVM": Message("deduced from KVM's source", "as landed", "arch/x86/kvm/vmx/tdx.c at 09c6f74ecb86"),
    "DERIVED": Message("deduced", "from [PATCH 17/17]", "20260327201421.2824383-18-rick.p.edgecombe@intel.com"),
    "DP1": Message("Chao Gao", "14 May 2025", "aCQrMh+wxDzrpAKA@intel.com"),
    "DP2": Message("Chao Gao", "14 May 2025", "aCQpUQx5jNQxPBez@intel.com"),
    "DP3": Message(
        "Kiryl Shutsemau", "23 May 2025",
        "wn2enmsk5aqxl452aleri535kgqhkxp2rqzgd2dxolkbjlfsyk@dyqan5zirrxe",
    ),
    "DP4": Message(
        "Kiryl Shutsemau", "August 2025",
        "https://lkml.indiana.edu/hypermail/linux/kernel/2508.1/01187.html",
    ),
    "DP5": Message(
        "Kiryl Shutsemau, to Rick Edgecombe", "September 2025",
        "bfaswqmlsyycr3alibn6f422cjtpd6ybssjekvrrz4zdwgwfcz@pxy25ra4sln2",
    ),
    "DP6": Message(
        "log of [PATCH v3 08/16], posted by Rick Edgecombe", "18 Sep 2025",
        "20250918232224.2202592-9-rick.p.edgecombe@intel.com",
    ),
    "DP7": Message(
        "log of [PATCH v4 07/16], quoted by Nikolay Borisov", "27 Nov 2025",
        "https://lkml.iu.edu/2511.3/06411.html",
    ),
    "DP8": Message(
        "comment in [PATCH v6 03/11], posted by Rick Edgecombe", "25 May 2026",
        "20260526023515.288829-4-rick.p.edgecombe@intel.com",
    ),
    "DP9": Message("Yan Zhao", "6 Jan 2026", "20260106102318.25227-1-yan.y.zhao@intel.com"),
    "DP10": Message("Dave Hansen", "10 Feb 2026", "655724f8-0098-40ee-a097-ce4c0249933d@intel.com"),
    "DP11": Message("Dave Hansen", "10 Feb 2026", "655724f8-0098-40ee-a097-ce4c0249933d@intel.com"),
    "DP12": Message("Yan Zhao", "6 Feb 2026", "aYW5CbUvZrLogsWF@yzhao56-desk.sh.intel.com"),
    "DP13": Message("Sean Christopherson", "6 Feb 2026", "aYYCOiMvWfSJR1AL@google.com"),
    "DP14": Message("Sean Christopherson", "9 Feb 2026", "aYprxnSHKHUtk7pt@google.com"),
    "DP15": Message("Sean Christopherson", "9 Feb 2026", "aYpjNrtGmogNzqwT@google.com"),
    "DP16": Message("Dave Hansen and Sean Christopherson", "9 Feb 2026", "aYp16kCxBSthwtjf@google.com"),
    "DP17": Message("Dave Hansen and Yan Zhao", "9 Feb 2026", "aYqMqRwsNSn3Slvn@yzhao56-desk.sh.intel.com"),
    "DP18": Message("Yan Zhao", "10 Feb 2026", "aYrsviTu/ET8N7DH@yzhao56-desk.sh.intel.com"),
    "DP19": Message("Kai Huang", "10 Feb 2026", "e35c61ca34f985fa866b8781bc22c590337c330d.camel@intel.com"),
    "DP20": Message("Yan Zhao", "8 Jul 2026", "ak3ySL89u5+1oCZB@yzhao56-desk.sh.intel.com"),
    "DP21": Message(
        "log of [PATCH v6 05/11], posted by Rick Edgecombe", "25 May 2026",
        "https://lkml.iu.edu/2605.3/02314.html",
    ),
    "DP22": Message("Kiryl Shutsemau", "8 Jun 2026", "aiaGUD0B1Vtx_PlN@thinkstation"),
    "DP23": Message("Yan Zhao", "8 Jun 2026", "aiaQaCzL8o2yLu/2@yzhao56-desk.sh.intel.com"),
    "DP24": Message("Rick Edgecombe", "1 Jul 2026", "bbc43329805cdb164f240841b45ce0d5151eeb5c.camel@intel.com"),
    "DP25": Message("Dave Hansen", "8 Jul 2026", "1d60cebf-4764-4785-bf01-8ca59ab2cc7d@intel.com"),
    "DP26": Message("Yan Zhao", "8 Jul 2026", "ak4UyN4fnIZasWM8@yzhao56-desk.sh.intel.com"),
    "DP27": Message("Chao Gao", "6 Jul 2026", "akugEqMk29Q9DJUY@intel.com"),
    "DP28": Message(
        "log of [PATCH v6 09/11], posted by Rick Edgecombe", "25 May 2026",
        "20260526023515.288829-10-rick.p.edgecombe@intel.com",
    ),
    "DP29": Message(
        "cover letter of v6, Rick Edgecombe", "25 May 2026",
        "20260526023515.288829-1-rick.p.edgecombe@intel.com",
    ),
    "DP30": Message("Sohil Mehta", "8 Jul 2026", "7d39a92a-0555-41cb-91dd-96dace318dcf@intel.com"),
}  # fmt: skip
"""Every source by a short name."""
