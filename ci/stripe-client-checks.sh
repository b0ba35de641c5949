#!/usr/bin/env bash
# Stripe's own Python library against the twin's Stripe: what it takes and returns must be Stripe's wire format.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

pins=(stripe==16.1.0)
stamp=.venv/stripe-client.pins
if [[ "$(cat "$stamp" 2>/dev/null)" != "${pins[*]}" ]]; then
  [[ -x .venv/bin/python ]] || python3 -m venv .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input "${pins[@]}"
  echo "${pins[*]}" >"$stamp"
fi
cargo build --quiet --locked -p local

port=$((20000 + RANDOM % 20000))
"${CARGO_TARGET_DIR:-target}/debug/local" --memory --quiet --port "$port" &
twin=$!
trap 'kill "$twin" 2>/dev/null || true' EXIT

.venv/bin/python - "http://127.0.0.1:$port" <<'PY'
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

# What signs and what verifies agree.
body = '{"id": "evt_1", "object": "event"}'
now = int(time.time())
signature = hmac.new(b"whsec_twin", f"{now}.{body}".encode(), hashlib.sha256).hexdigest()
stripe.Webhook.construct_event(body, f"t={now},v1={signature}", "whsec_twin")
print(f"stripe {stripe.VERSION}: every check passed")
PY
