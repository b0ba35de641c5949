"""Stripe's own Python library against the twin's Stripe at the address that is the only argument."""
import hashlib, hmac, sys, time, urllib.error, urllib.parse, urllib.request
import stripe

base = sys.argv[1]
for attempt in range(100):
    try:
        urllib.request.urlopen(base + "/_local/queues")
        break
    except OSError:
        time.sleep(0.1)

client = stripe.StripeClient("sk_test_twin", base_addresses={"api": base + "/stripe"}, max_network_retries=0)
intents = client.v1.payment_intents if hasattr(client, "v1") else client.payment_intents
refunds = client.v1.refunds if hasattr(client, "v1") else client.refunds

def new(card, **more):
    return {"amount": 2000, "currency": "eur", "payment_method": card, "payment_method_types": ["card"], "metadata": {"order_id": "o1"}, **more}

# Create, confirm, retrieve, refund.
intent = intents.create(new("pm_card_visa"), options={"idempotency_key": "k1"})
assert intent.status == "requires_confirmation", intent
again = intents.create(new("pm_card_visa"), options={"idempotency_key": "k1"})
assert again.id == intent.id and again.last_response.headers["idempotent-replayed"] == "true"
assert intents.confirm(intent.id).status == "succeeded"
assert intents.retrieve(intent.id).amount_received == 2000
refund = refunds.create({"payment_intent": intent.id, "amount": 500})
assert refund.status == "succeeded" and refund.amount == 500
assert [r.id for r in refunds.list({"payment_intent": intent.id}).auto_paging_iter()] == [refund.id]

# The documented test cards.
def declined(card):
    try:
        intents.create(new(card, confirm=True))
    except stripe.CardError as error:
        return error.code, error.error.decline_code, error.http_status
    raise AssertionError(f"{card} was not declined")

assert declined("pm_card_visa_chargeDeclined") == ("card_declined", "generic_decline", 402)
assert declined("pm_card_chargeDeclinedInsufficientFunds") == ("card_declined", "insufficient_funds", 402)
secure = intents.create(new("pm_card_threeDSecure2Required", confirm=True))
assert secure.status == "requires_action" and secure.next_action is not None
assert intents.cancel(secure.id).status == "canceled"

# Errors have Stripe's types.
for wrong, call in [
    (stripe.AuthenticationError, lambda: stripe.StripeClient("sk_wrong", base_addresses={"api": base + "/stripe"}).v1.payment_intents.list()),
    (stripe.IdempotencyError, lambda: intents.create(new("pm_card_visa", amount=1), options={"idempotency_key": "k1"})),
    (stripe.InvalidRequestError, lambda: intents.create({"currency": "eur"})),
    (stripe.InvalidRequestError, lambda: intents.cancel(intent.id)),
    (stripe.InvalidRequestError, lambda: refunds.create({"payment_intent": intent.id, "amount": 1501})),
]:
    try:
        call()
    except wrong:
        continue
    raise AssertionError(f"{wrong} was expected")

# Lists go on page by page.
assert len(list(intents.list({"limit": 2}).auto_paging_iter())) == 4

# A Checkout Session is paid on its page, declined first.
checkout = client.v1.checkout.sessions
def session(**more):
    item = {"quantity": 3, "price_data": {"currency": "eur", "unit_amount": 500, "product_data": {"name": "Mug"}}}
    return {
        "mode": "payment", "line_items": [item], "success_url": base + "/?paid={CHECKOUT_SESSION_ID}", "cancel_url": base,
        "client_reference_id": "o1", "customer_email": "a@example.com", "metadata": {"order_id": "o1"},
        "payment_intent_data": {"metadata": {"order_id": "o1"}}, "payment_method_types": ["card"],
        "expires_at": int(time.time()) + 3600, **more,
    }

class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None

def browse(url, **form):
    data = urllib.parse.urlencode(form).encode() if form else None
    try:
        return urllib.request.build_opener(Stay).open(url, data)
    except urllib.error.HTTPError as answer:
        return answer

made = checkout.create(session(), options={"idempotency_key": "s1"})
assert checkout.create(session(expires_at=made.expires_at), options={"idempotency_key": "s1"}).id == made.id
assert (made.status, made.payment_status, made.amount_total, made.payment_intent) == ("open", "unpaid", 1500, None)
assert made.url.startswith(base + "/stripe/c/pay/cs_test_"), made.url
assert b"15.00 EUR" in browse(made.url).read()
assert browse(made.url, payment_method="pm_card_visa_chargeDeclined").status == 402
assert checkout.retrieve(made.id).status == "open"
paid = browse(made.url, payment_method="pm_card_visa")
assert (paid.status, paid.headers["location"]) == (303, base + "/?paid=" + made.id)
done = checkout.retrieve(made.id, {"expand": ["payment_intent"]})
assert (done.status, done.payment_status, done.url) == ("complete", "paid", None)
assert (done.payment_intent.status, done.payment_intent.metadata["order_id"]) == ("succeeded", "o1")
assert [found.id for found in checkout.list({"payment_intent": done.payment_intent.id}).auto_paging_iter()] == [made.id]
assert refunds.create({"payment_intent": done.payment_intent.id}).amount == 1500
ended = checkout.expire(checkout.create(session()).id)
assert (ended.status, ended.url) == ("expired", None)
for call in [
    lambda: checkout.expire(made.id),
    lambda: checkout.expire(ended.id),
    lambda: checkout.retrieve("cs_test_unknown"),
    lambda: checkout.create(session(expires_at=int(time.time()) + 60)),
    lambda: checkout.create(session(expires_at=int(time.time()) + 90000)),
    lambda: checkout.create(session(allow_promotion_codes=True)),
    lambda: intents.cancel(done.payment_intent.id),
]:
    try:
        call()
    except stripe.InvalidRequestError:
        continue
    raise AssertionError("a refusal was expected")

# A hold is captured, in part too, or let go. Up to the version of 2025-03-31.basil what is let go shows as a refund.
old = {"stripe_version": "2024-06-20"}
new_version = {"stripe_version": "2025-03-31.basil"}
charges = client.v1.charges
held = intents.create(new("pm_card_visa", confirm=True, capture_method="manual"), options=old)
assert (held.status, held.amount_capturable, held.amount_received) == ("requires_capture", 2000, 0), held
charge = charges.retrieve(held.latest_charge)
assert (charge.captured, charge.paid, charge.amount_captured) == (False, True, 0)
assert charge.payment_method_details.card.capture_before > time.time()
taken = intents.capture(held.id, {"amount_to_capture": 1500}, options={"idempotency_key": "c1", **old})
assert (taken.status, taken.amount_capturable, taken.amount_received) == ("succeeded", 0, 1500)
assert intents.capture(held.id, {"amount_to_capture": 1500}, options={"idempotency_key": "c1", **old}).amount_received == 1500
charge = charges.retrieve(held.latest_charge)
assert (charge.captured, charge.amount_captured, charge.amount_refunded, charge.refunded) == (True, 1500, 500, False)
assert [(r.amount, r.metadata.to_dict()) for r in refunds.list({"payment_intent": held.id}).data] == [(500, {})]
assert refunds.create({"payment_intent": held.id}, options=old).amount == 1500
assert charges.retrieve(held.latest_charge).refunded
for options, amount_refunded in [(old, 2000), (new_version, 0)]:
    let_go = intents.create(new("pm_card_visa", confirm=True, capture_method="manual"), options=options)
    gone = intents.cancel(let_go.id, options=options)
    assert (gone.status, gone.amount_capturable, gone.amount_received) == ("canceled", 0, 0)
    charge = charges.retrieve(let_go.latest_charge)
    assert (charge.captured, charge.amount_refunded) == (False, amount_refunded)
    assert len(refunds.list({"payment_intent": let_go.id}).data) == (1 if amount_refunded else 0)

def refused(call):
    try:
        call()
    except stripe.InvalidRequestError as error:
        return error.http_status, error.code, error.param, getattr(error.error.payment_intent, "status", None)
    raise AssertionError("a refusal was expected")

unexpected = "payment_intent_unexpected_state"
assert refused(lambda: intents.capture(held.id)) == (400, unexpected, None, "succeeded")
assert refused(lambda: intents.capture(gone.id)) == (400, unexpected, None, "canceled")
more = intents.create(new("pm_card_visa", confirm=True, capture_method="manual"))
assert refused(lambda: intents.capture(more.id, {"amount_to_capture": 2001})) == (400, "amount_too_large", None, "requires_capture")
made = checkout.create(session(payment_intent_data={"capture_method": "manual"}))
assert browse(made.url, payment_method="pm_card_visa").status == 303
done = checkout.retrieve(made.id, {"expand": ["payment_intent"]})
assert (done.status, done.payment_status, done.payment_intent.status) == ("complete", "unpaid", "requires_capture")
assert intents.capture(done.payment_intent.id).status == "succeeded"
assert checkout.retrieve(made.id).payment_status == "paid"

# Refunds come to their end later, or are refused.
def paid(card):
    return intents.create(new(card, confirm=True))

def eventually(read, wanted):
    for attempt in range(200):
        if read() == wanted:
            return
        time.sleep(0.1)
    raise AssertionError(f"{wanted} was expected, and is {read()}")

pending = refunds.create({"payment_intent": paid("pm_card_pendingRefund").id, "metadata": {"refund_id": "r1"}})
failing = refunds.create({"payment_intent": paid("pm_card_refundFail").id})
waiting = refunds.create({"payment_intent": paid("pm_twin_refundRequiresAction").id})
assert [refund.status for refund in (pending, failing, waiting)] == ["pending", "succeeded", "requires_action"]
canceled = refunds.cancel(waiting.id)
assert (canceled.status, canceled.failure_reason) == ("canceled", "merchant_request")
assert refused(lambda: refunds.cancel(pending.id))[0] == 400
whole = paid("pm_card_visa")
assert refused(lambda: refunds.create({"payment_intent": whole.id, "amount": 2001}))[:3] == (400, None, "amount")
parts = [refunds.create({"payment_intent": whole.id, "amount": amount}).id for amount in (700, 1300)]
assert refused(lambda: refunds.create({"payment_intent": whole.id}))[:2] == (400, "charge_already_refunded")
assert [r.id for r in refunds.list({"payment_intent": whole.id, "limit": 1}).auto_paging_iter()] == parts[::-1]

# Disputes are opened, answered, won, lost and closed.
disputes = client.v1.disputes
def dispute_of(intent):
    [found] = disputes.list({"payment_intent": intent.id}).data
    return found

won, lost, closed, asked = [paid(f"pm_card_createDispute{kind}") for kind in ["", "ProductNotReceived", "", "Inquiry"]]
dispute = dispute_of(won)
assert (dispute.status, dispute.reason, dispute.amount, dispute.charge) == ("needs_response", "fraudulent", 2000, won.latest_charge)
assert charges.retrieve(won.latest_charge).disputed and not dispute.is_charge_refundable
assert refused(lambda: refunds.create({"payment_intent": won.id}))[:2] == (400, "charge_disputed")
for intent, evidence in [(won, "winning_evidence"), (lost, "losing_evidence"), (asked, "escalate_inquiry_evidence")]:
    answered = disputes.update(dispute_of(intent).id, {"evidence": {"uncategorized_text": evidence}})
    assert answered.status == ("warning_under_review" if intent is asked else "under_review"), answered
    assert answered.evidence.uncategorized_text == evidence and answered.evidence_details.submission_count == 1
assert disputes.close(dispute_of(closed).id).status == "lost"
assert refused(lambda: disputes.close(dispute_of(closed).id))[0] == 400
eventually(lambda: disputes.retrieve(dispute.id).status, "won")
eventually(lambda: dispute_of(lost).status, "lost")
eventually(lambda: dispute_of(asked).status, "needs_response")
assert refunds.create({"payment_intent": won.id}).status == "succeeded", "a dispute that is won can be refunded"
assert refused(lambda: refunds.create({"payment_intent": asked.id}))[:2] == (400, "charge_disputed")
eventually(lambda: refunds.retrieve(pending.id).status, "succeeded")
eventually(lambda: refunds.retrieve(failing.id).status, "failed")
assert refunds.retrieve(failing.id).failure_reason == "expired_or_canceled_card"
assert charges.retrieve(failing.charge).amount_refunded == 0

# What signs and what verifies agree.
body = '{"id": "evt_1", "object": "event"}'
now = int(time.time())
signature = hmac.new(b"whsec_twin", f"{now}.{body}".encode(), hashlib.sha256).hexdigest()
stripe.Webhook.construct_event(body, f"t={now},v1={signature}", "whsec_twin")
print(f"stripe {stripe.VERSION}: every check passed")
