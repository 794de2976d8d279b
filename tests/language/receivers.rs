//! Active receivers: methods whose `self` carries a derivative.
