package rest

// BillingStatement is what a device costs. Amounts are numbers in some answers and texts in
// others; they stay as they were written.
type BillingStatement struct {
	Currency               string          `json:"currency"`
	Charges                []BillingCharge `json:"charges"`
	Fees                   []BillingFee    `json:"fees"`
	TotalCharged           ID              `json:"totalCharged"`
	TotalCharges           ID              `json:"totalCharges"`
	TotalFees              ID              `json:"totalFees"`
	Subtotal               ID              `json:"subtotal"`
	TotalFreeServiceCredit ID              `json:"totalFreeServiceCredit"`
}

// BillingCharge is the price of one thing.
type BillingCharge struct {
	BillingFee `json:",embed"`
	Feature    string `json:"feature"`
}

// BillingFee is a fee.
type BillingFee struct {
	Description       string `json:"description"`
	Amount            ID     `json:"amount"`
	FreeServiceCredit ID     `json:"freeServiceCredit"`
}
