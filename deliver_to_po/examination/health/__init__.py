"""What `manage.py d2po_health` tells monitoring: is whatever is due being done, and what waits for a person?"""
