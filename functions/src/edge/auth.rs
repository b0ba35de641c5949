//! Who calls. The gateway's authorizer has checked the token; role and ownership are checked again here.

use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpRequestContext;
use shared::ids::CustomerId;
use shared::order::Actor;

use super::Problem;

/// The scope, or the name of the group, that makes a caller staff.
const STAFF: &str = "orders:admin";

/// Who calls: the claims of a token that the gateway has verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The token's subject.
    pub id: CustomerId,
    /// The token's mail address.
    pub email: Option<String>,
    /// Whether the caller is staff.
    pub staff: bool,
}

impl Caller {
    /// Reads the authorizer's claims. None: the route has no authorizer, or the subject is none of ours.
    pub(super) fn of(context: &ApiGatewayV2httpRequestContext) -> Option<Self> {
        let jwt = context.authorizer.as_ref()?.jwt.as_ref()?;
        let claim = |name: &str| jwt.claims.get(name).map(String::as_str);
        let listed = |list: &str| {
            list.split(|c: char| c.is_whitespace() || matches!(c, '[' | ']' | ',' | '"'))
                .any(|entry| entry == STAFF)
        };
        // An issuer's subject must not pass for one of our guests.
        let id = CustomerId::parse(claim("sub")?).ok().filter(|id| !id.is_guest())?;
        Some(Self {
            id,
            email: claim("email").map(str::to_owned),
            staff: ["scope", "scp"].into_iter().filter_map(claim).any(listed)
                || claim("cognito:groups").is_some_and(listed),
        })
    }

    /// The caller's role in an order's log.
    pub fn actor(&self) -> Actor {
        if self.staff { Actor::Admin(self.id.clone()) } else { Actor::Customer }
    }

    /// 403 unless the caller is staff.
    pub fn require_staff(&self) -> Result<(), Problem> {
        if self.staff {
            Ok(())
        } else {
            Err(Problem::new(403, "forbidden", "this needs the scope orders:admin"))
        }
    }
}
