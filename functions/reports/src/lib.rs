//! `/api/investors/{investor_id}/report`, `/api/products/{product_id}/report`: what is known of an investor or a product as a
//! PDF document to take away.

mod investor;
mod parts;
mod product;
mod setting;
mod words;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use exchange::report::{self, InvestorReport, ProductReport, ProductReportQuery, ReportQuery};
use http::header;
use kernel::Error;
use kernel::error::Problem;
use kernel::id::{InvestorId, ProductId};
use kernel::text::TimeZone;
use kernel::time::Timestamp;
use platform::caller::Caller;
use platform::http::{Path, Query, Routes};
use platform::upload::FileName;
use platform::{App, routes};

/// The function's routes.
#[must_use]
pub fn router<R: Routes<State = App>>() -> R {
    R::new().routes(routes!(investor_report)).routes(routes!(product_report))
}

/// Make a report of an investor: holdings, timeline and documents as a PDF document.
#[utoipa::path(
    get, path = "/api/investors/{investor_id}/report", operation_id = "investor_report", tag = "reports",
    params(("investor_id" = InvestorId, Path), ReportQuery),
    responses(
        (status = 200, content_type = "application/pdf", body = Vec<u8>),
        (status = "4XX", body = Problem),
    ),
    security(("bearer" = []))
)]
async fn investor_report(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<InvestorId>,
    Query(query): Query<ReportQuery>,
) -> Result<Response, Error> {
    let report = report::of_investor(&app, &caller, id, &query).await?;
    let name = file_name(report.investor.name.as_str(), report.made_at, &report.time_zone)?;
    answer(&name, move || set_investor(&report)).await
}

/// Make a report of a product: milestones, requirements, figures, unfinished tasks, baselines and approved design assets as a PDF
/// document.
#[utoipa::path(
    get, path = "/api/products/{product_id}/report", operation_id = "product_report", tag = "reports",
    params(("product_id" = ProductId, Path), ProductReportQuery),
    responses(
        (status = 200, content_type = "application/pdf", body = Vec<u8>),
        (status = "4XX", body = Problem),
    ),
    security(("bearer" = []))
)]
async fn product_report(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<ProductId>,
    Query(query): Query<ProductReportQuery>,
) -> Result<Response, Error> {
    let report = report::of_product(&app, &caller, id, &query).await?;
    let name = file_name(report.product.name.as_str(), report.made_at, &report.time_zone)?;
    answer(&name, move || set_product(&report)).await
}

/// The document that `set` makes, to be saved as `name`.
async fn answer(
    name: &FileName,
    set: impl FnOnce() -> Result<Vec<u8>, Error> + Send + 'static,
) -> Result<Response, Error> {
    // Setting hundreds of pages takes a while: others are served meanwhile.
    let pdf = tokio::task::spawn_blocking(set).await.map_err(Error::defect)??;
    let disposition = name.disposition(false);
    let headers = [(header::CONTENT_TYPE, "application/pdf".to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, pdf).into_response())
}

/// Sets a report of an investor as a PDF document. The same report gives the same bytes.
pub fn set_investor(report: &InvestorReport) -> Result<Vec<u8>, Error> {
    investor::set(report)
}

/// Sets a report of a product as a PDF document. The same report gives the same bytes.
pub fn set_product(report: &ProductReport) -> Result<Vec<u8>, Error> {
    product::set(report)
}

/// The name under which a browser saves a report: that of what it is about, and the day.
fn file_name(about: &str, made_at: Timestamp, zone: &TimeZone) -> Result<FileName, Error> {
    FileName::made_of(about, &format!("{}.pdf", made_at.day_in(zone))).map_err(Error::internal)
}
