"""Answers as the schemas allow them, written for these tests."""

from deliver_to_po.canadapost.calling.transport import Answer

HOST = "https://soa-gw.example"
SHIPMENTS = f"{HOST}/rs/0007023210/0007023210/shipment"
SHIPMENT = "http://www.canadapost.ca/ws/shipment-v8"
NON_CONTRACT = "http://www.canadapost.ca/ws/ncshipment-v4"
OFFICE = "http://www.canadapost.ca/ws/postoffice"
RATE = "http://www.canadapost.ca/ws/ship/rate-v4"
TRACK = "http://www.canadapost.ca/ws/track"
MESSAGES = "http://www.canadapost.ca/ws/messages"
PIN = "7023210039414604"

OFFICES = f"""<?xml version="1.0" encoding="UTF-8"?>
<post-office-list xmlns="{OFFICE}">
  <post-office>
    <address>
      <city>OTTAWA</city><latitude>45.41117</latitude><longitude>-75.69812</longitude>
      <postal-code>K1A0B1</postal-code><province>ON</province><office-address>59 SAMPLE ST</office-address>
    </address>
    <distance>0.84</distance>
    <location>SANDY HILL PO</location>
    <name>Épicerie &amp; Café</name>
    <office-id>0000012345</office-id>
    <bilingual-designation>true</bilingual-designation>
    <link href="{HOST}/rs/postoffice/0000012345/detail" rel="detail" media-type="application/vnd.cpc.postoffice+xml"/>
  </post-office>
  <post-office>
    <address>
      <city>GATINEAU</city><latitude>45.4</latitude><longitude>-75.7</longitude>
      <postal-code>J8X2K1</postal-code><province>QC</province><office-address>1 RUE EXEMPLE</office-address>
    </address>
    <distance>2.1</distance>
    <location>HULL BP</location>
    <name/>
    <office-id>0000000009</office-id>
    <bilingual-designation>false</bilingual-designation>
    <link href="{HOST}/rs/postoffice/0000000009/detail" rel="detail" media-type="application/vnd.cpc.postoffice+xml"/>
  </post-office>
</post-office-list>"""

OFFICE_DETAIL = f"""<post-office-detail xmlns="{OFFICE}">
  <address>
    <city>OTTAWA</city><latitude>45.41117</latitude><longitude>-75.69812</longitude>
    <postal-code>K1A0B1</postal-code><province>ON</province><office-address>59 SAMPLE ST</office-address>
  </address>
  <location>SANDY HILL PO</location>
  <name>Épicerie &amp; Café</name>
  <office-id>0000012345</office-id>
  <bilingual-designation>true</bilingual-designation>
  <hours-list><day>2</day><time>08:00</time><time>12:00</time><time>13:00</time><time>17:30</time></hours-list>
  <hours-list><day>7</day><time>8:00</time><time>00:00</time></hours-list>
</post-office-detail>"""

QUOTES = f"""<price-quotes xmlns="{RATE}">
  <price-quote>
    <service-code>DOM.EP</service-code>
    <service-link rel="service" href="{HOST}/rs/ship/service/DOM.EP" media-type="application/vnd.cpc.ship.rate-v4+xml"/>
    <service-name>Expedited Parcel</service-name>
    <price-details>
      <base>9.59</base>
      <taxes><gst percent="5.000">0.50</gst><pst>0</pst><hst>1.25</hst></taxes>
      <due>11.34</due>
      <options><option><option-code>D2PO</option-code><option-name>Deliver to Post Office</option-name>
        <option-price>0</option-price></option></options>
    </price-details>
    <weight-details/>
    <service-standard>
      <am-delivery>false</am-delivery><guaranteed-delivery>true</guaranteed-delivery>
      <expected-transit-time>3</expected-transit-time><expected-delivery-date>2026-12-01</expected-delivery-date>
    </service-standard>
  </price-quote>
  <price-quote>
    <service-code>DOM.XP</service-code>
    <service-link rel="service" href="{HOST}/rs/ship/service/DOM.XP" media-type="application/vnd.cpc.ship.rate-v4+xml"/>
    <service-name>Xpresspost</service-name>
    <price-details><base>15.2</base><due>15.20</due></price-details>
    <weight-details><cubed-weight>1.2</cubed-weight></weight-details>
    <service-standard><am-delivery>false</am-delivery><guaranteed-delivery>false</guaranteed-delivery></service-standard>
  </price-quote>
</price-quotes>"""

OPTION = f"""<option xmlns="{RATE}">
  <option-code>D2PO</option-code><option-name>Livrer au bureau de poste</option-name><option-class>DLVY</option-class>
  <prints-on-label>true</prints-on-label><qualifier-required>true</qualifier-required>
  <conflicting-options><option-code>HFP</option-code><option-code>LAD</option-code></conflicting-options>
</option>"""


def shipment_info(shipment_id: str = "347881315405043891", request_id: str = "request-1", **more: str) -> str:
    """Return a ``shipment-info``; ``status`` and ``pin`` may be given."""
    said = f"<customer-request-id>{request_id}</customer-request-id>" if request_id else ""
    at = f"{HOST}/rs/7023210/7023210/shipment/{shipment_id}"
    return f"""<shipment-info xmlns="{SHIPMENT}">{said}
  <shipment-id>{shipment_id}</shipment-id>
  <shipment-status>{more.get("status", "created")}</shipment-status>
  <tracking-pin>{more.get("pin", "7023210039414604")}</tracking-pin>
  <links>
    <link rel="self" href="{at}" media-type="application/vnd.cpc.shipment-v8+xml"/>
    <link rel="details" href="{at}/details" media-type="application/vnd.cpc.shipment-v8+xml"/>
    <link rel="label" href="{HOST}/rs/artifact/76108cb5192002d5/10238/0" media-type="application/pdf" index="0"/>
  </links>
</shipment-info>"""


def shipments(*infos: str, hrefs: tuple[str, ...] = ()) -> str:
    """Return what a search answers: shipments, or links to them."""
    media_type = "application/vnd.cpc.shipment-v8+xml"
    links = "".join(f'<link rel="shipment" href="{href}" media-type="{media_type}"/>' for href in hrefs)
    return f'<shipments xmlns="{SHIPMENT}">{"".join(infos)}{links}</shipments>'


def person(tag: str, name: str) -> str:
    return f"""<{tag}><name>{name}</name><client-voice-number>613-555-0199</client-voice-number><address-details>
      <address-line-1>23, rue du Jardin</address-line-1><address-line-2>App. 4</address-line-2><city>Ottawa</city>
      <prov-state>ON</prov-state><country-code>CA</country-code><postal-zip-code>K1K4T3</postal-zip-code>
    </address-details></{tag}>"""


def delivery_spec(people: str) -> str:
    """Return what a shipment's details repeat of the request."""
    return f"""<delivery-spec><service-code>DOM.EP</service-code>
  <sender><company>Example Shop</company><contact-phone>613-555-0100</contact-phone><address-details>
    <address-line-1>1 Example St</address-line-1><city>Ottawa</city><prov-state>ON</prov-state>COUNTRY
    <postal-zip-code>K1A0B1</postal-zip-code></address-details></sender>
  {people}
  <options><option><option-code>SO</option-code></option>
    <option><option-code>D2PO</option-code><option-qualifier-2>0000012345</option-qualifier-2></option></options>
  <parcel-characteristics><weight>1.25</weight></parcel-characteristics>
  <preferences><show-packing-instructions>false</show-packing-instructions></preferences>
  SETTLEMENT</delivery-spec>"""


def details(people: str, status: str = "created") -> str:
    """Return the details of a contract shipment."""
    pays = "<settlement-info><intended-method-of-payment>Account</intended-method-of-payment></settlement-info>"
    rest = f"<references><customer-ref-1>ORDER-1001</customer-ref-1></references>{pays}"
    spec = delivery_spec(people).replace("COUNTRY", "<country-code>CA</country-code>").replace("SETTLEMENT", rest)
    return f"""<shipment-details xmlns="{SHIPMENT}"><customer-request-id>request-1</customer-request-id>
  <shipment-status>{status}</shipment-status><final-shipping-point>K1A0B1</final-shipping-point>
  <tracking-pin>7023210039414604</tracking-pin>
  <shipment-detail><group-id>2026-11-25</group-id>{spec}</shipment-detail></shipment-details>"""


def non_contract_shipments(*ids: str) -> str:
    """Return what a search answers without a contract: links."""
    media = "application/vnd.cpc.ncshipment-v4+xml"
    hrefs = (f"{HOST}/rs/0007023210/ncshipment/{each}" for each in ids)
    links = (f'<link rel="shipment" href="{href}" media-type="{media}"/>' for href in hrefs)
    other = f'<link rel="self" href="{HOST}/rs/0007023210/ncshipment" media-type="{media}"/>'
    return f'<non-contract-shipments xmlns="{NON_CONTRACT}">{other}{"".join(links)}</non-contract-shipments>'


def non_contract_details(people: str, reference: str = "request-1") -> str:
    """Return the details of a shipment without a contract; ``reference`` is its first one."""
    both = f"<customer-ref-1>{reference}</customer-ref-1><customer-ref-2>ORDER-1001</customer-ref-2>"
    references = f"<references>{both}</references>"
    spec = delivery_spec(people).replace("COUNTRY", "").replace("SETTLEMENT", references)
    return f"""<non-contract-shipment-details xmlns="{NON_CONTRACT}"><final-shipping-point>K1A0B1</final-shipping-point>
  <tracking-pin>7023210039414604</tracking-pin>{spec}</non-contract-shipment-details>"""


NON_CONTRACT_INFO = f"""<non-contract-shipment-info xmlns="{NON_CONTRACT}">
  <shipment-id>406951321983787352</shipment-id><tracking-pin>7023210039414604</tracking-pin>
  <links><link rel="label" href="{HOST}/rs/artifact/1/2/0" media-type="application/pdf" index="0"/></links>
</non-contract-shipment-info>"""

TICKET = f"""<shipment-refund-request-info xmlns="{SHIPMENT}">
  <service-ticket-date>2026-11-26</service-ticket-date><service-ticket-id>GT12345678RT</service-ticket-id>
</shipment-refund-request-info>"""

SUMMARY_FIELDS = [
    *("pin", "origin-postal-id", "destination-postal-id", "destination-province", "service-name", "mailed-on-date"),
    *("expected-delivery-date", "actual-delivery-date", "delivery-option-completed-ind", "event-date-time"),
    *("event-description", "attempted-date", "customer-ref-1", "customer-ref-2", "return-pin", "event-type"),
    *("event-location", "signatory-name"),
]


def tracking_summary(namespace: str = TRACK, **said: str) -> str:
    """Return a summary with every field of the schema, empty unless given (``event_description`` and so on)."""
    given = {name.replace("_", "-"): value for name, value in said.items()}
    fields = "".join(f"<{name}>{given.get(name, '')}</{name}>" for name in SUMMARY_FIELDS)
    return f'<tracking-summary xmlns="{namespace}"><pin-summary>{fields}</pin-summary></tracking-summary>'


def occurrence(code: str, on: str, description: str, office: tuple[str, str] = ("", "")) -> str:
    return f"""<occurrence><event-identifier>{code}</event-identifier><event-date>{on}</event-date>
  <event-time>10:11:12</event-time><event-time-zone>EST</event-time-zone>
  <event-description>{description}</event-description><signatory-name/><event-site>OTTAWA</event-site>
  <event-province>ON</event-province><event-retail-location-id>{office[0]}</event-retail-location-id>
  <event-retail-name>{office[1]}</event-retail-name></occurrence>"""


DETAIL_FIELDS = [
    *("active-exists", "archive-exists", "changed-expected-date", "destination-postal-id", "expected-delivery-date"),
    *("changed-expected-delivery-reason", "mailed-by-customer-number", "mailed-on-behalf-of-customer-number"),
    *("original-pin", "service-name", "service-name-2", "customer-ref-1", "customer-ref-2", "return-pin"),
    *("signature-image-exists", "suppress-signature"),
]


def tracking_detail(pin: str, *events: str, namespace: str = TRACK, **said: str) -> str:
    """Return a detail with every field of the schema, empty unless given."""
    given = {name.replace("_", "-"): value for name, value in said.items()}
    fields = "".join(f"<{name}>{given.get(name, '')}</{name}>" for name in DETAIL_FIELDS)
    return f"""<tracking-detail xmlns="{namespace}"><pin>{pin}</pin>{fields}<delivery-options/>
  <significant-events>{"".join(events)}</significant-events></tracking-detail>"""


def messages(*rows: tuple[str, str], namespace: str = MESSAGES) -> str:
    written = "".join(f"<message><code>{c}</code><description>{t}</description></message>" for c, t in rows)
    return f'<messages xmlns="{namespace}">{written}</messages>'


def answer(body: str | bytes, status: int = 200, **headers: str) -> Answer:
    return Answer(status, headers, body.encode() if isinstance(body, str) else body)


SLM = messages(("Server", "Rejected by SLM Monitor"))
