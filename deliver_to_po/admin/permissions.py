"""What a clerk may be allowed to do on the desk, beside looking."""

VIEW_DELIVERY = "deliver_to_po.view_delivery"
HAND_OFF = "deliver_to_po.hand_off_delivery"
CHOOSE = "deliver_to_po.choose_office"
HOLD = "deliver_to_po.hold_delivery"
VIEW_LABEL = "deliver_to_po.view_label"
TRANSMIT = "deliver_to_po.transmit_manifest"
ERASE = "deliver_to_po.erase_delivery"
