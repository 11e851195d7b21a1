/** From this share of lost packets on, the line under a figure says so in ember. */
export const LOSS_NOTABLE = 0.01;
