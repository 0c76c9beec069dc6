//! The controls of standards and laws that rules are evidence for. What they ask is restated in a few words.

use downhaul_core::Control;

const SOC2: &str = "SOC 2 trust services criteria";
const ISO: &str = "ISO/IEC 27001:2022";
const PCI: &str = "PCI DSS 4.0.1";
const SOX: &str = "SOX IT general controls";
const EU_DORA: &str = "EU DORA, Delegated Regulation (EU) 2024/1774";
const NIST: &str = "NIST SP 800-53 Rev. 5";

const fn control(framework: &'static str, id: &'static str, what: &'static str) -> Control {
    Control { framework, id, what }
}

pub(crate) const SOC2_ACCESS: Control = control(SOC2, "CC6.1", "access is restricted to those who need it");
pub(crate) const SOC2_DETECTION: Control =
    control(SOC2, "CC7.1", "changes of the configuration nobody approved are detected");
pub(crate) const SOC2_CHANGE: Control =
    control(SOC2, "CC8.1", "changes are authorised, tested, approved and documented");
pub(crate) const ISO_DUTIES: Control = control(ISO, "A.5.3", "conflicting duties are separated");
pub(crate) const ISO_CONFIGURATION: Control = control(ISO, "A.8.9", "configurations are established and monitored");
pub(crate) const ISO_LOGGING: Control = control(ISO, "A.8.15", "logs of activities are produced and protected");
pub(crate) const ISO_CHANGE: Control = control(ISO, "A.8.32", "changes follow a procedure");
pub(crate) const PCI_CHANGE: Control =
    control(PCI, "6.5.1", "changes of production have a reason, an approval, a test and a way back");
pub(crate) const PCI_ROLES: Control =
    control(PCI, "6.5.4", "roles of production and of what comes before it are separated");
pub(crate) const SOX_CHANGE: Control =
    control(SOX, "change management", "nobody can make, approve and release a change alone");
pub(crate) const EU_DORA_CHANGE: Control =
    control(EU_DORA, "Art. 17", "changes are recorded, tested, approved by somebody else, and verified");
pub(crate) const NIST_CHANGE: Control = control(NIST, "CM-3", "changes of the configuration are controlled");
pub(crate) const NIST_ACCESS: Control = control(NIST, "CM-5", "who may change it is restricted");
