"""Canada Post on this machine: as strict as its schemas and D2PO rules, with made-up offices, and faults on request."""
