//! HTTP, the only seam: every client here, AWS's, Stripe's and the carriers', sends through one connector.

use aws_smithy_http_client::{Connector, tls};
use aws_smithy_runtime_api::client::http::{HttpConnector as _, HttpConnectorSettings, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use std::time::Duration;

use crate::error::Source;

/// Time to connect.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// Time for one attempt of a call to AWS.
pub const ATTEMPT_TIMEOUT: Duration = Duration::from_millis(1_500);
/// Time for a call to AWS with all its attempts; below every function's own limit (10 s).
pub const OPERATION_TIMEOUT: Duration = Duration::from_secs(5);

/// The connector for real networks: rustls with ring, which starts faster and is smaller than the default
/// (aws-lc's entropy set-up alone costs about 50 ms of a cold start; aws/aws-lambda-rust-runtime#1101).
pub fn connector() -> SharedHttpConnector {
    let settings = HttpConnectorSettings::builder().connect_timeout(CONNECT_TIMEOUT).build();
    SharedHttpConnector::new(
        Connector::builder()
            .connector_settings(settings)
            .sleep_impl(aws_smithy_async::rt::sleep::TokioSleep::new())
            .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
            .build(),
    )
}

/// Sends one request and reads the whole answer, within `limit`.
pub async fn send(
    connector: &SharedHttpConnector,
    request: HttpRequest,
    limit: Duration,
) -> Result<(u16, HttpResponse, Vec<u8>), Source> {
    let exchange = async {
        let mut response = connector.call(request).await?;
        let body = std::mem::replace(response.body_mut(), SdkBody::empty());
        let bytes = aws_smithy_types::byte_stream::ByteStream::new(body).collect().await?.to_vec();
        Ok::<_, Source>((response.status().as_u16(), response, bytes))
    };
    tokio::time::timeout(limit, exchange).await?
}
