//! A function's routes: served and described when generating the API document, otherwise only served.
//!
//! Describing an operation builds the schemas of everything it accepts and returns. For a function with a dozen operations,
//! that was seven tenths of the work before its first request, for a document that was thrown away. So a function registers
//! its routes with a [`Routes`]: a [`Router`] never asks for the descriptions, and the code that builds them is not linked.

use axum::Router;
use axum::handler::Handler;
use axum::routing::MethodRouter;
use utoipa_axum::PathItemExt as _;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

/// A path and its handlers.
pub type Served<S> = (String, MethodRouter<S>);

/// Operations in both forms, each created on demand; written with [`routes!`](crate::routes!).
pub struct Operations<A, B> {
    /// The paths with their handlers.
    pub served: A,
    /// The operations with their descriptions.
    pub described: B,
}

/// A target that a function registers its routes with.
pub trait Routes: Sized {
    /// State shared by the handlers.
    type State: Clone + Send + Sync + 'static;

    /// Creates an empty set of routes.
    #[must_use]
    fn new() -> Self;

    /// Adds these operations.
    #[must_use]
    fn routes<A, B>(self, operations: Operations<A, B>) -> Self
    where
        A: FnOnce() -> Vec<Served<Self::State>>,
        B: FnOnce() -> UtoipaMethodRouter<Self::State>;

    /// Adds the routes of another part of the function.
    #[must_use]
    fn merge(self, other: Self) -> Self;
}

impl<S: Clone + Send + Sync + 'static> Routes for Router<S> {
    type State = S;

    fn new() -> Self {
        Self::new()
    }

    fn routes<A, B>(self, operations: Operations<A, B>) -> Self
    where
        A: FnOnce() -> Vec<Served<S>>,
        B: FnOnce() -> UtoipaMethodRouter<S>,
    {
        let served = (operations.served)().into_iter();
        served.fold(self, |router, (path, methods)| router.route(&path, methods))
    }

    fn merge(self, other: Self) -> Self {
        Self::merge(self, other)
    }
}

impl<S: Clone + Send + Sync + 'static> Routes for OpenApiRouter<S> {
    type State = S;

    fn new() -> Self {
        Self::new()
    }

    fn routes<A, B>(self, operations: Operations<A, B>) -> Self
    where
        A: FnOnce() -> Vec<Served<S>>,
        B: FnOnce() -> UtoipaMethodRouter<S>,
    {
        Self::routes(self, (operations.described)())
    }

    fn merge(self, other: Self) -> Self {
        Self::merge(self, other)
    }
}

/// The path, methods and handler of the operation `P`.
pub fn served<P, H, T, S>(handler: &H) -> Served<S>
where
    P: utoipa::Path,
    H: Handler<T, S>,
    T: 'static,
    S: Clone + Send + Sync + 'static,
{
    let methods = P::methods();
    let on = |router: MethodRouter<S>, method: &utoipa::openapi::HttpMethod| {
        router.on(method.to_method_filter(), handler.clone())
    };
    (P::path(), methods.iter().fold(MethodRouter::new(), on))
}

/// Operations that share a path, given by handler name; each handler has a `#[utoipa::path]`.
#[macro_export]
macro_rules! routes {
    ($($handler:ident),+ $(,)?) => {
        $crate::http::Operations {
            served: || $crate::http::paste! {
                vec![$($crate::http::served::<[<__path_ $handler>], _, _, _>(&$handler)),+]
            },
            described: || $crate::http::utoipa_axum::routes!($($handler),+),
        }
    };
}
