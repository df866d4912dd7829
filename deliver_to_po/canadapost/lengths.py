"""How many characters each field may have, in one place: Canada Post's own limits, and those of what we keep of it."""

# The recipient: Canada Post's shipment schema, and its notification schema for the e-mail address.
RECIPIENT_NAME = 44
RECIPIENT_ADDRESS_LINE = 44
RECIPIENT_CITY = 40
RECIPIENT_EMAIL = 60
RECIPIENT_PHONE = 25
# After the last dot of an e-mail address: the older schema of the web services without a contract.
SHORT_ENDING = 5

# The sender: the same schema, but these may change without those above.
SENDER_COMPANY = 44
SENDER_NAME = 44
SENDER_ADDRESS_LINE = 44
SENDER_CITY = 40

PROVINCE = 2
POSTAL_CODE = 6

# A post office, as Canada Post describes it; longer texts are cut.
OFFICE_ID = 12
OFFICE_NAME = 80
OFFICE_STREET = 80
OFFICE_CITY = 60
TIME_ZONE = 40

# What is asked for in a search for post offices.
SEARCH_STREET = 64
SEARCH_CITY = 40

# A shipment.
REQUEST_ID = 32
GROUP_ID = 32
REFERENCE = 35
# Canada Post gives 18 digits and 11 to 16 characters; other systems give longer ones.
SHIPMENT_ID = 40
TRACKING_NUMBER = 40
