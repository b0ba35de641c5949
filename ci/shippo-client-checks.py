"""Shippo's own Python library against the twin's Shippo at the address that is the only argument."""
import sys, time, urllib.error, urllib.request
import shippo
from shippo.models import components, errors, operations

base = sys.argv[1]
for attempt in range(100):
    try:
        urllib.request.urlopen(base + "/_local/queues")
        break
    except OSError:
        time.sleep(0.1)

client = shippo.Shippo(api_key_header="ShippoToken shippo_test_twin", server_url=base + "/shippo", shippo_api_version="2018-02-08")

def address(**more):
    return components.AddressCreateRequest(**{
        "name": "Alice Example", "street1": "Keizersgracht", "street_no": "123", "city": "Amsterdam", "zip": "1015 CJ", "country": "NL", **more,
    })

def parcel(weight="850", unit=components.WeightUnitEnum.G):
    return components.ParcelCreateRequest(
        length="300", width="200", height="100", distance_unit=components.DistanceUnitEnum.MM, weight=weight, mass_unit=unit,
    )

def ship(to=None, **more):
    return client.shipments.create(components.ShipmentCreateRequest(**{
        "address_from": address(name="Shop", street1="Kade", city="Rotterdam", zip="3011 AA"), "address_to": to or address(),
        "parcels": [parcel()], "metadata": "ord_1 1 alice", "async_": False, **more,
    }))

def buy(rate, **more):
    return client.transactions.create(components.TransactionCreateRequest(**{
        "rate": rate.object_id, "async_": False, "label_file_type": components.LabelFileTypeEnum.PDF_A6, "metadata": "ord_1 1 alice", **more,
    }))

def listed(**query):
    return client.transactions.list(operations.ListTransactionsRequest(**query))

def refused(call):
    try:
        call()
    except errors.SDKError as error:
        return error.status_code, error.body
    raise AssertionError("a refusal was expected")

def eventually(read, wanted):
    for attempt in range(300):
        if read() == wanted:
            return
        time.sleep(0.1)
    raise AssertionError(f"{wanted} was expected, and is {read()}")

# Rates, at once and later.
shipment = ship()
assert (shipment.status, shipment.metadata, len(shipment.rates)) == (components.ShipmentStatus.SUCCESS, "ord_1 1 alice", 2), shipment
assert shipment.address_to.is_complete and shipment.parcels[0].weight == "850"
rate = next(rate for rate in shipment.rates if components.Attributes.CHEAPEST in rate.attributes)
assert (rate.provider, rate.amount, rate.currency, rate.estimated_days, rate.servicelevel.token) == ("UPS", "5.40", "EUR", 2, "ups_standard")
assert client.rates.get(rate.object_id).shipment == shipment.object_id
assert len(client.rates.list_shipment_rates(shipment.object_id).results) == 2
queued = ship(async_=True)
assert (queued.status, queued.rates) == (components.ShipmentStatus.QUEUED, [])
assert len(client.shipments.get(queued.object_id).rates) == 2
assert ship(parcels=[parcel("99", components.WeightUnitEnum.KG)]).messages[0].text
account = client.carrier_accounts.get(rate.carrier_account)
assert (account.carrier, account.active) == ("ups", True)

# Labels, at once and later, and found by their rate.
label = buy(rate)
assert (label.status, label.rate, label.metadata) == (components.TransactionStatusEnum.SUCCESS, rate.object_id, "ord_1 1 alice"), label
assert label.tracking_number.startswith("1Z") and label.tracking_status == components.TrackingStatusEnum.UNKNOWN
assert urllib.request.urlopen(label.label_url).read().startswith(b"%PDF-1.4")
assert b"<h1>" + label.tracking_number.encode() in urllib.request.urlopen(label.tracking_url_provider).read()
assert [found.object_id for found in listed(rate=rate.object_id).results] == [label.object_id]
assert listed(rate=rate.object_id, object_status=components.TransactionStatusEnum.ERROR).results == []
other = ship(parcels=[parcel(), parcel("2", components.WeightUnitEnum.LB)]).rates[0]
later = buy(other, async_=True)
assert later.status == components.TransactionStatusEnum.QUEUED and not later.tracking_number
eventually(lambda: client.transactions.get(later.object_id).status, components.TransactionStatusEnum.SUCCESS)
assert len(listed(rate=other.object_id, results=1).results) == 1 and listed(rate=other.object_id, results=1).next
assert len({piece.tracking_number for piece in listed(rate=other.object_id).results}) == 2

# What a carrier refuses is a transaction that says why.
abroad = buy(ship(to=address(country="CH", city="Bern")).rates[0])
assert (abroad.status, abroad.messages[0].text) == (components.TransactionStatusEnum.ERROR, "Customs declaration required"), abroad
item = components.CustomsItemCreateRequest(
    description="Mug", quantity=1, net_weight="300", mass_unit=components.WeightUnitEnum.G, value_amount="12.00", value_currency="EUR", origin_country="NL",
)
declaration = components.CustomsDeclarationCreateRequest(
    certify=True, certify_signer="Shop", contents_type=components.CustomsDeclarationContentsTypeEnum.MERCHANDISE,
    non_delivery_option=components.CustomsDeclarationNonDeliveryOptionEnum.RETURN, incoterm=components.CustomsDeclarationIncotermEnum.DDU, items=[item],
)
assert buy(ship(to=address(country="CH", city="Bern"), customs_declaration=declaration).rates[0]).status == components.TransactionStatusEnum.SUCCESS

# Requests that cannot be.
stranger = shippo.Shippo(api_key_header="ShippoToken wrong", server_url=base + "/shippo")
assert refused(lambda: stranger.transactions.get(label.object_id)) == (401, '{"detail":"Token does not exist"}')
assert refused(lambda: client.transactions.get("unknown")) == (404, '{"detail":"Not found."}')
assert refused(lambda: ship(to=address(country="Holland")))[0] == 400
gone = components.TransactionCreateRequest(rate="unknown", async_=False)
assert refused(lambda: client.transactions.create(gone)) == (400, '{"rate":["Rate with supplied object_id not found."]}')

# A label that nobody used is given back.
refund = client.refunds.create(transaction=buy(rate).object_id, async_=False)
assert refund.status == components.RefundStatus.QUEUED
assert client.transactions.get(refund.transaction).status == components.TransactionStatusEnum.REFUNDPENDING
eventually(lambda: client.refunds.get(refund.object_id).status, components.RefundStatus.SUCCESS)
assert client.transactions.get(refund.transaction).status == components.TransactionStatusEnum.REFUNDED

# Tracking: the test numbers, and a parcel on its way.
for status in components.TrackingStatusEnum:
    track = client.tracking_status.get("SHIPPO_" + status.value, "shippo")
    assert (track.tracking_status.status, track.tracking_history[0].status) == (status, status)
registered = client.tracking_status.create("shippo", "SHIPPO_TRANSIT", "PO 123")
assert (registered.metadata, registered.tracking_status.substatus.action_required) == ("PO 123", False)
read = lambda: client.tracking_status.get(label.tracking_number, "ups")
eventually(lambda: len(read().tracking_history) >= 3, True)
seen = [scan.substatus.code for scan in read().tracking_history]
assert seen[:3] == ["information_received", "package_accepted", "package_arrived"], seen
assert (read().transaction, read().tracking_history[2].location.city) == (label.object_id, "Utrecht")
assert client.transactions.get(label.object_id).tracking_status == components.TrackingStatusEnum.TRANSIT
print(f"shippo {client.sdk_configuration.sdk_version}: every check passed")
