//! Renders a report as text, JSON, SARIF or annotations
